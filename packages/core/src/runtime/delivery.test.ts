import { getEventListeners } from 'node:events';
import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../component/clock.ts';
import type { Refusal } from '../component/refusal.ts';
import type { Sink, SinkTraits } from '../component/sink.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { SinkNode } from '../graph/topology-graph.ts';
import { bytesAt, bytesColumn, nullColumn, type BytesColumn } from '../record/columns.ts';
import type { Failure } from '../record/failure.ts';
import type { RecordBatch } from '../record/record-batch.ts';
import { TaskBatch, type BatchAccount } from '../record/task-batch.ts';
import { Delivery } from './delivery.ts';

/** Makes a clock whose waits end at once, in order, and count as waited. */
function hastyClock(): Clock {
  let time = 0;
  return {
    now: () => time,
    monotonic: () => time,
    after(delay, run) {
      let cancelled = false;
      const due = time + delay;
      setImmediate(() => {
        if (cancelled) return;
        time = Math.max(time, due);
        run();
      });
      return () => {
        cancelled = true;
      };
    },
    soon: (run) => setImmediate(run),
  };
}

class Account implements BatchAccount {
  live = 0;
  opened(): void {
    this.live++;
  }
  closed(): void {
    this.live--;
  }
}

function textsOf(batch: RecordBatch): string[] {
  return Array.from({ length: batch.rows }, (_, i) =>
    Buffer.from(bytesAt(batch.values as BytesColumn, batch.row(i)) ?? []).toString(),
  );
}

interface Setup {
  answer: (texts: string[], batch: RecordBatch, signal: AbortSignal) => readonly Refusal[] | Error;
  policy?: 'fail' | 'skip' | 'deadLetter';
  traits?: Partial<SinkTraits>;
  attempts?: number;
  required?: boolean;
  batching?: { records?: number; delayMs?: number };
}

function setUp({ answer, policy = 'fail', traits = {}, attempts = 10, required = true, batching = {} }: Setup) {
  const log: string[] = [];
  const errors: unknown[] = [];
  const letters: { texts: string[]; failures: (Failure | null)[] }[] = [];
  const counts: Record<string, number> = {};
  const wrote: number[] = [];
  const account = new Account();
  const sink = {
    write(batch: RecordBatch, signal: AbortSignal) {
      const texts = textsOf(batch);
      const result = answer(texts, batch, signal);
      if (result instanceof Error) {
        log.push(`reject ${texts.join(',')}`);
        return Promise.reject(result);
      }
      log.push(`write ${texts.filter((_, i) => !result.some(({ row }) => row === batch.row(i))).join(',')}`);
      return Promise.resolve(result);
    },
    durable(_task: string, epoch: number) {
      log.push(`durable ${String(epoch)}`);
      return Promise.resolve();
    },
  } as unknown as Sink;
  const node = {
    id: 'out',
    options: {},
    policies: { decode: 'fail', process: 'fail', deliver: policy },
    required,
    batch: { records: null, bytes: null, delayMs: null, ...batching },
    retry: { attempts, delayMs: 1, maxDelayMs: 1, forMs: null },
    definition: {
      traits: () => ({
        acknowledges: 'write',
        epochs: 'any',
        concurrency: 1,
        transactional: false,
        idempotent: false,
        ...traits,
      }),
    },
  } as unknown as SinkNode;
  const delivery = new Delivery(sink, node, {
    task: 't',
    incarnation: 1,
    clock: hastyClock(),
    acquire: () => Promise.resolve(() => {}),
    count: (port, records) => {
      counts[port] = (counts[port] ?? 0) + records;
    },
    wrote: (_ms, bytes) => wrote.push(bytes),
    errorPort: null,
    deadLetter: (batch, failures) => letters.push({ texts: textsOf(batch), failures: [...failures] }),
    retried: () => {},
    durable: (epoch) => log.push(`done ${String(epoch)}`),
    fail: (error) => errors.push(error),
  });
  const batch = (epoch: number, ...texts: string[]): TaskBatch =>
    new TaskBatch(account, {
      origin: { task: 't', incarnation: 1, source: 's', split: '0' },
      epoch,
      place: 0,
      columns: {
        count: texts.length,
        offsets: Float64Array.from(texts, (_, i) => i),
        timestamps: new Float64Array(texts.length),
        keys: bytesColumn(texts.map((text) => (text.includes(':') ? Buffer.from(text.split(':')[0] as string) : null))),
        values: bytesColumn(texts.map((text) => Buffer.from(text))),
        headers: nullColumn(texts.length),
      },
      selection: null,
      ordinals: null,
      failures: null,
      bytes: 1,
    });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 200; i++) await tick();
  };
  return { delivery, batch, log, errors, letters, counts, wrote, account, settle };
}

const retryLater = (row: number): Refusal => ({ row, retryAfterMs: 1 });

describe('Delivery', () => {
  it('writes in order, releases every handle, and asks for durable once an epoch is over and written', async () => {
    const { delivery, batch, log, account, counts, settle } = setUp({ answer: () => [] });
    delivery.accept(batch(0, 'a', 'b'));
    delivery.accept(batch(0, 'c'));
    delivery.epochOver(0);
    delivery.epochOver(0);
    delivery.accept(batch(1, 'd'));
    await settle();
    expect(log).toEqual(['write a,b', 'write c', 'durable 0', 'done 0', 'write d']);
    expect(account.live).toBe(0);
    expect(counts).toEqual({ delivered: 4 });
    // The task looks at its epochs after each step, and other sinks may keep this one open.
    delivery.epochOver(0);
    await settle();
    expect(log.filter((entry) => entry === 'durable 0')).toHaveLength(1);
  });

  it('tells of each write how many bytes of keys and values were delivered, without what was refused', async () => {
    let writes = 0;
    const { delivery, batch, wrote, settle } = setUp({
      answer: () => (writes++ === 0 ? [{ row: 1, retryAfterMs: 1 }] : []),
    });
    delivery.accept(batch(0, 'k:1', 'k:22', 'k:333'));
    await settle();
    expect(wrote).toEqual([1 + 3 + 1 + 5, 1 + 4]);
    expect(delivery.answers).toBe(2);
  });

  it('writes together what has come of an epoch while a write was under way', async () => {
    const { delivery, batch, log, account, counts, settle } = setUp({ answer: () => [] });
    delivery.accept(batch(0, 'a'));
    delivery.accept(batch(0, 'b'));
    delivery.accept(batch(0, 'c', 'd'));
    delivery.accept(batch(1, 'e'));
    delivery.epochOver(0);
    await settle();
    expect(log).toEqual(['write a', 'write b,c,d', 'durable 0', 'done 0', 'write e']);
    expect(account.live).toBe(0);
    expect(counts).toEqual({ delivered: 5 });
  });

  it('joins nothing while rows of some keys are held back, even where it gathers', async () => {
    let refusals = 1;
    const { delivery, batch, log, settle } = setUp({
      answer: (texts, rows) =>
        texts.includes('b:1') && refusals-- > 0 ? [retryLater(rows.row(texts.indexOf('b:1')))] : [],
      batching: { records: 2, delayMs: 1_000_000 },
    });
    delivery.accept(batch(0, 'a:1', 'b:1'));
    delivery.accept(batch(0, 'c:1'));
    delivery.accept(batch(0, 'b:2'));
    delivery.epochOver(0);
    await settle();
    const written = log.flatMap((entry) => (entry.startsWith('write ') ? entry.slice(6).split(',') : []));
    expect(written.filter((text) => text.startsWith('b'))).toEqual(['b:1', 'b:2']);
  });

  it('writes again only the rows that were refused for a while; of what comes later only their keys wait', async () => {
    let refusals = 2;
    const { delivery, batch, log, account, counts, settle } = setUp({
      answer: (texts, rows) =>
        texts.some((text) => text === 'b:1') && refusals-- > 0 ? [retryLater(rows.row(texts.indexOf('b:1')))] : [],
    });
    delivery.accept(batch(0, 'a:1', 'b:1', 'c:1'));
    delivery.accept(batch(0, 'b:2', 'a:2', 'free'));
    delivery.accept(batch(1, 'b:3'));
    delivery.accept(batch(1, 'd:1'));
    delivery.epochOver(0);
    await settle();
    expect(log.slice(0, 5)).toEqual(['write a:1,c:1', 'write a:2,free', 'write d:1', 'write ', 'write b:1']);
    const written = log.flatMap((entry) => (entry.startsWith('write ') ? entry.slice(6).split(',') : []));
    expect(written.filter((text) => text.startsWith('b'))).toEqual(['b:1', 'b:2', 'b:3']);
    expect(written.indexOf('d:1')).toBeLessThan(written.indexOf('b:1'));
    expect(log.indexOf('durable 0')).toBeGreaterThan(log.indexOf('write b:2'));
    expect(counts).toEqual({ delivered: 8 });
    expect(account.live).toBe(0);
  });

  it('writes what is behind a row that was refused for good at once, without counting that as an attempt', async () => {
    const { delivery, batch, log, counts, settle } = setUp({
      attempts: 0,
      policy: 'skip',
      answer: (texts, rows) =>
        texts.flatMap((text, i): Refusal[] => {
          if (text === 'a:bad') return [{ row: rows.row(i), code: 'BAD', message: 'bad' }];
          return texts.includes('a:bad') && text.startsWith('a') ? [{ row: rows.row(i), retryAfterMs: 0 }] : [];
        }),
    });
    delivery.accept(batch(0, 'a:bad', 'a:1', 'b:1'));
    await settle();
    expect(log).toEqual(['write b:1', 'write a:1']);
    expect(counts).toEqual({ delivered: 2, skipped: 1 });
  });

  it('gathers rows of an epoch for a write, and cuts what is more than one may take', async () => {
    const { delivery, batch, log, account, settle } = setUp({
      answer: () => [],
      batching: { records: 3, delayMs: 1_000_000 },
    });
    delivery.accept(batch(0, 'a'));
    delivery.accept(batch(0, 'b'));
    expect(log).toEqual([]);
    delivery.accept(batch(0, 'c'));
    await tick();
    await tick();
    delivery.accept(batch(0, 'd', 'e', 'f', 'g'));
    await tick();
    await tick();
    expect(log.slice(0, 2)).toEqual(['write a,b,c', 'write d,e,f']);
    delivery.epochOver(0);
    await settle();
    expect(log).toEqual(['write a,b,c', 'write d,e,f', 'write g', 'durable 0', 'done 0']);
    expect(account.live).toBe(0);
  });

  it('fails nobody where the sink is not required: what it cannot write is counted', async () => {
    const { delivery, batch, errors, counts, account, settle } = setUp({
      required: false,
      answer: (texts) => (texts.includes('a') ? new HeadraceError('FULL', 'disk full') : []),
    });
    delivery.accept(batch(0, 'a'));
    delivery.accept(batch(0, 'b'));
    await settle();
    expect(errors).toEqual([]);
    expect(counts).toEqual({ failed: 1, delivered: 1 });
    expect(account.live).toBe(0);
  });

  it('writes a whole batch again after a passing rejection, and fails on one that is not', async () => {
    let rejections = 1;
    const passing = setUp({
      answer: () => (rejections-- > 0 ? new HeadraceError('DOWN', 'down', { retryable: true }) : []),
    });
    passing.delivery.accept(passing.batch(0, 'a'));
    await passing.settle();
    expect(passing.log).toEqual(['reject a', 'write a']);
    const lasting = setUp({ answer: () => new HeadraceError('FULL', 'disk full') });
    lasting.delivery.accept(lasting.batch(0, 'a'));
    await lasting.settle();
    expect(lasting.errors).toMatchObject([{ code: 'FULL' }]);
    expect(lasting.account.live).toBeGreaterThan(0);
  });

  it('applies the policy to what is refused for good, and to what is refused for too long', async () => {
    const forGood = { row: 0, code: 'TOO_LARGE', message: 'too large' };
    const dead = setUp({ answer: (texts) => (texts.includes('a') ? [forGood] : []), policy: 'deadLetter' });
    dead.delivery.accept(dead.batch(0, 'a', 'b'));
    await dead.settle();
    expect(dead.letters).toHaveLength(1);
    expect(dead.letters[0]).toMatchObject({
      texts: ['a'],
      failures: [{ node: 'out', stage: 'deliver', code: 'TOO_LARGE', offset: 0, attempts: 1 }, null],
    });
    expect(dead.counts).toEqual({ delivered: 1 });
    expect(dead.account.live).toBe(0);
    const skip = setUp({ answer: (_, batch) => [retryLater(batch.row(0))], policy: 'skip', attempts: 3 });
    skip.delivery.accept(skip.batch(0, 'a'));
    await skip.settle();
    expect(skip.counts).toEqual({ skipped: 1 });
    const fail = setUp({ answer: () => [forGood] });
    fail.delivery.accept(fail.batch(0, 'a'));
    await fail.settle();
    expect(fail.errors).toMatchObject([{ code: 'TOO_LARGE', place: { node: 'out', offset: 0 } }]);
  });

  it('gives a sink that wants its epochs in order the next epoch only when the one before is over', async () => {
    const { delivery, batch, log, settle } = setUp({ answer: () => [], traits: { epochs: 'inOrder' } });
    delivery.accept(batch(1, 'later'));
    await settle();
    expect(log).toEqual([]);
    delivery.accept(batch(0, 'first'));
    await settle();
    expect(log).toEqual(['write first']);
    delivery.epochOver(0);
    await settle();
    expect(log).toEqual(['write first', 'durable 0', 'done 0', 'write later']);
  });

  it('leaves no listener behind on its signal, however often it tries again', async () => {
    let refusals = 40;
    const listening: number[] = [];
    const { delivery, batch, settle, log } = setUp({
      attempts: 50,
      answer: (_, rows, signal) => {
        listening.push(getEventListeners(signal, 'abort').length);
        return refusals-- > 0 ? [retryLater(rows.row(0))] : [];
      },
    });
    delivery.accept(batch(0, 'a'));
    await settle();
    expect(log.at(-1)).toBe('write a');
    expect(listening).toEqual(Array.from({ length: 41 }, () => 0));
  });

  it('writes nothing after it was stopped', async () => {
    const { delivery, batch, log, settle } = setUp({ answer: () => [] });
    delivery.accept(batch(0, 'a'));
    delivery.accept(batch(0, 'b'));
    delivery.stop();
    await settle();
    expect(log.filter((entry) => entry.includes('b'))).toEqual([]);
  });
});
