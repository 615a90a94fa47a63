import { bufferCount, concat, concatMap, delay, filter, from, map, mergeMap, NEVER, of, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AsyncNode } from '../component/operator.ts';
import type { Clock } from '../component/clock.ts';
import { dynamic, type EdgeType } from '../types/edge-type.ts';
import { nullColumn } from '../record/columns.ts';
import type { RecordBatch } from '../record/record-batch.ts';
import { TaskBatch, type BatchAccount } from '../record/task-batch.ts';
import { runAsyncNode } from './async-node.ts';

class Account implements BatchAccount {
  live = 0;
  opened(): void {
    this.live++;
  }
  closed(): void {
    this.live--;
  }
}

const edge: EdgeType = {
  key: null,
  value: dynamic,
  kind: 'stream',
  tombstones: false,
  partitionedBy: 'unknown',
  ordered: true,
  scope: 'record',
};

function setUp(node: AsyncNode, perEpoch: boolean) {
  const account = new Account();
  const out: { port: string; epoch: number; offset: number }[] = [];
  const errors: unknown[] = [];
  const counts: Record<string, number> = {};
  const timers: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after(_delay, run) {
      timers.push(run);
      return () => timers.splice(timers.indexOf(run), 1);
    },
    soon: (run) => setImmediate(run),
  };
  const running = runAsyncNode(node, {
    node: 'n',
    type: 'rx',
    input: edge,
    outputs: { out: edge },
    clock,
    timeoutMs: 1000,
    fit: () => (value) => value,
    count: (reason, records) => (counts[reason] = (counts[reason] ?? 0) + records),
    perEpoch,
    deliver: (port, batch) => {
      out.push({ port, epoch: batch.epoch, offset: batch.offsets[0] as number });
      batch.release();
    },
    passed: () => {},
    fail: (error) => errors.push(error),
  });
  const batch = (epoch: number, offset: number): TaskBatch =>
    new TaskBatch(account, {
      origin: { task: 't', incarnation: 1, source: 's', split: '0' },
      epoch,
      place: 1,
      columns: {
        count: 1,
        offsets: Float64Array.of(offset),
        timestamps: new Float64Array(1),
        keys: nullColumn(1),
        values: nullColumn(1),
        headers: nullColumn(1),
      },
      selection: null,
      ordinals: null,
      failures: null,
      bytes: 1,
    });
  return { account, out, errors, running, batch, counts, timers };
}

const later: AsyncNode = (input) => input.pipe(concatMap((batch) => of({ port: 'out', batch }).pipe(delay(1))));
/** Gathers batches and passes them on in pairs; what is left comes when its input completes. */
const pairs: AsyncNode = (input) =>
  input.pipe(
    bufferCount(2),
    mergeMap((batches) => from(batches)),
    map((batch) => ({ port: 'out', batch })),
  );

describe('an asynchronous node', () => {
  it('is subscribed once per incarnation and emits when it likes', async () => {
    const { out, running, batch, errors, account } = setUp(later, false);
    running.accept(batch(0, 1));
    running.accept(batch(1, 2));
    expect(out).toEqual([]);
    await expect.poll(() => out.map(({ offset }) => offset), { timeout: 20_000 }).toEqual([1, 2]);
    expect(errors).toEqual([]);
    expect(account.live).toBe(0);
  });

  it('fails when it completes while its input goes on', () => {
    const { running, batch, errors } = setUp(
      (input) =>
        input.pipe(
          take(1),
          map((b) => ({ port: 'out', batch: b })),
        ),
      false,
    );
    running.accept(batch(0, 1));
    expect(errors).toMatchObject([{ code: 'NODE_COMPLETED' }]);
  });

  it('fails on an error of its own, and takes nothing after it', () => {
    const failing = new Subject<never>();
    const { running, batch, errors } = setUp(() => failing, false);
    running.accept(batch(0, 1));
    failing.error(new Error('boom'));
    expect(errors).toHaveLength(1);
  });

  it('refuses a batch that is not derived from its input', () => {
    const { running, batch, errors } = setUp(
      (input) => input.pipe(map(() => ({ port: 'out', batch: {} as never }))),
      false,
    );
    running.accept(batch(0, 1));
    expect(errors).toMatchObject([{ code: 'FOREIGN_BATCH' }]);
  });

  it('that is subscribed per epoch flushes at the end of each, and the next epoch waits until then', () => {
    const { out, running, batch, account } = setUp(pairs, true);
    running.accept(batch(0, 1));
    running.accept(batch(0, 2));
    running.accept(batch(0, 3));
    running.accept(batch(1, 4));
    expect(out.map(({ offset }) => offset)).toEqual([1, 2]);
    expect(running.passed(0)).toBe(false);
    running.epochOver(0);
    expect(out.map(({ offset }) => offset)).toEqual([1, 2, 3]);
    expect(running.passed(0)).toBe(true);
    expect(running.passed(1)).toBe(false);
    running.epochOver(1);
    expect(out.map(({ epoch }) => epoch)).toEqual([0, 0, 0, 1]);
    expect(account.live).toBe(0);
  });

  it('that completes early ends the rest of its epoch: what still comes is released, and the next epoch runs', () => {
    const { out, running, batch, account } = setUp(
      (input) =>
        input.pipe(
          take(1),
          map((b) => ({ port: 'out', batch: b })),
        ),
      true,
    );
    running.accept(batch(0, 1));
    running.accept(batch(0, 2));
    running.epochOver(0);
    running.accept(batch(1, 3));
    running.epochOver(1);
    expect(out.map(({ offset }) => offset)).toEqual([1, 3]);
    expect(account.live).toBe(0);
    expect(running.passed(1)).toBe(true);
  });

  it('that is subscribed per epoch counts what does not come out, and releases what it kept', () => {
    const { running, batch, account, counts } = setUp(
      (input) =>
        input.pipe(
          filter((b) => b.offsets[0] === 2),
          map((b) => ({ port: 'out', batch: b })),
        ),
      true,
    );
    for (const offset of [1, 2, 3]) running.accept(batch(0, offset));
    running.epochOver(0);
    expect(counts).toEqual({ rx: 2 });
    expect(account.live).toBe(0);
  });

  it('that is subscribed per epoch may emit one batch twice, and batches of its own making', () => {
    const { running, batch, account, out } = setUp(
      (input, run) =>
        input.pipe(
          mergeMap((b) => [b, b, run.batch('out', [{ value: 1 }, { value: 2 }])]),
          map((b) => ({ port: 'out', batch: b })),
        ),
      true,
    );
    running.accept(batch(0, 7));
    running.epochOver(0);
    expect(out.map(({ offset }) => offset)).toEqual([7, 7, 7]);
    expect(account.live).toBe(0);
  });

  it('that is subscribed per epoch fails where its output does not complete in time', () => {
    const { running, batch, errors, timers } = setUp(
      (input) => concat(input, NEVER).pipe(map((b) => ({ port: 'out', batch: b }))),
      true,
    );
    running.accept(batch(0, 1));
    running.epochOver(0);
    expect(running.passed(0)).toBe(false);
    expect(errors).toEqual([]);
    timers[0]?.();
    expect(errors).toMatchObject([{ code: 'NODE_TIMEOUT', place: { node: 'n' } }]);
  });

  it('that keeps a batch from one epoch to the next fails', () => {
    let kept: RecordBatch | null = null;
    const { running, batch, errors } = setUp(
      (input) =>
        input.pipe(
          map((b) => {
            const before = kept;
            kept = b;
            return { port: 'out', batch: before ?? b };
          }),
        ),
      true,
    );
    running.accept(batch(0, 1));
    running.epochOver(0);
    running.accept(batch(1, 2));
    expect(errors).toMatchObject([{ code: 'FOREIGN_BATCH' }]);
  });
});
