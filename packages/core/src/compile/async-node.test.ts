import { bufferCount, concatMap, delay, from, map, mergeMap, of, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AsyncNode } from '../component/operator.ts';
import { nullColumn } from '../record/columns.ts';
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

function setUp(node: AsyncNode, perEpoch: boolean) {
  const account = new Account();
  const out: { port: string; epoch: number; offset: number }[] = [];
  const errors: unknown[] = [];
  const running = runAsyncNode(node, {
    node: 'n',
    place: 1,
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
  return { account, out, errors, running, batch };
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
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(out.map(({ offset }) => offset)).toEqual([1, 2]);
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
});
