import { mkdtemp, readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../component/clock.ts';
import type { SinkContext } from '../component/contexts.ts';
import type { Sink } from '../component/sink.ts';
import { bytesColumn, nullColumn } from '../record/columns.ts';
import type { RecordBatch } from '../record/record-batch.ts';
import { TaskBatch } from '../record/task-batch.ts';
import { dynamic } from '../types/edge-type.ts';
import { fileSinkDefinition } from './file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'file-sink-'));
});
const opened: Sink[] = [];
afterEach(async () => {
  await closeAll();
  await rm(folder, { recursive: true, force: true });
});

/** Closes what was abandoned, whose files would otherwise stay open. */
async function closeAll(): Promise<void> {
  for (const sink of opened.splice(0)) await sink.close();
}

/** A clock that stands until it is told to go on. */
class StillClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; run: () => void }>();

  now(): number {
    return this.#now;
  }
  monotonic(): number {
    return this.#now;
  }
  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
  soon(run: () => void): void {
    setImmediate(run);
  }
  advance(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.run();
    }
  }
}

interface Run {
  readonly options: Record<string, unknown>;
  readonly bounded: boolean;
  readonly fresh: boolean;
  readonly node: string;
}

function open(run: Partial<Run> = {}, clock: Clock = new StillClock()): Sink {
  const context: SinkContext = {
    node: run.node ?? 'rest',
    topology: 't',
    clock,
    resolvePath: (file) => path.resolve(folder, file),
    stateDirectory: path.join(folder, '.state'),
    bounded: run.bounded ?? false,
    fresh: run.fresh ?? true,
    log: () => Promise.reject(new Error('no log')),
    key: null,
    value: { codec: 'json', options: {}, schema: dynamic },
    singleTask: run.bounded ?? false,
    splits: () => ['orders/3'],
  };
  const sink = fileSinkDefinition.create({ path: './out/rest.ndjson', ...run.options }, context);
  opened.push(sink);
  return sink;
}

const account = { opened: () => {}, closed: () => {} };

function batchOf(
  epoch: number,
  from: number,
  values: readonly (string | null)[],
  options: { incarnation?: number; keys?: string[]; task?: string } = {},
): RecordBatch {
  const bytes = (texts: readonly (string | null)[]) =>
    bytesColumn(texts.map((text) => (text === null ? null : Buffer.from(text))));
  const count = values.length;
  return new TaskBatch(account, {
    origin: {
      task: options.task ?? 'orders/3',
      incarnation: options.incarnation ?? 1,
      source: 'orders',
      split: 'orders/3',
    },
    epoch,
    place: 0,
    columns: {
      count,
      offsets: Float64Array.from(values, (_, index) => from + index),
      timestamps: new Float64Array(count),
      keys: options.keys === undefined ? nullColumn(count) : bytes(options.keys),
      values: bytes(values),
      headers: nullColumn(count),
    },
    selection: null,
    ordinals: null,
    failures: null,
    bytes: 0,
  });
}

const signal = new AbortController().signal;
const at = (offset: number) => new Map([['orders/3', { position: offset, offset }]]);
const task = 'orders/3';

async function filesIn(at = 'out'): Promise<Record<string, string>> {
  const names = await readdir(path.join(folder, at)).catch(() => []);
  const found: Record<string, string> = {};
  for (const name of names.sort((a, b) => (a < b ? -1 : 1)))
    found[name] = await readFile(path.join(folder, at, name), 'utf8');
  return found;
}

/** Tells whether a promise is settled, once everything that is queued has run. */
async function isSettled(sink: Sink, promise: Promise<void>, incarnation = 1): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  // Writes go through the same queue.
  await sink.write(batchOf(0, 0, [], { incarnation }), signal);
  await new Promise(setImmediate);
  return settled;
}

const name = (offset: number): string => `rest-orders%2F3-${String(offset).padStart(20, '0')}.ndjson`;

describe('the file sink in an unbounded run', () => {
  it('completes a file by time, between epochs only', async () => {
    const clock = new StillClock();
    const sink = open({}, clock);
    await sink.begin(task, 1, new Map());
    await sink.write(batchOf(0, 10, ['1', '2']), signal);
    const first = sink.durable(task, 0);
    await sink.write(batchOf(1, 12, ['3']), signal);
    clock.advance(60_000);
    expect(await isSettled(sink, first)).toBe(false);
    expect(await filesIn()).toEqual({ [`${name(10)}.part`]: '1\n2\n3\n' });
    const second = sink.durable(task, 1);
    await Promise.all([first, second]);
    expect(await filesIn()).toEqual({ [name(10)]: '1\n2\n3\n' });
  });

  it('completes a quiet file when its time has come', async () => {
    const clock = new StillClock();
    const sink = open({}, clock);
    await sink.begin(task, 1, new Map());
    await sink.write(batchOf(0, 0, ['1']), signal);
    const durable = sink.durable(task, 0);
    expect(await isSettled(sink, durable)).toBe(false);
    clock.advance(60_000);
    await durable;
    expect(Object.keys(await filesIn())).toEqual([name(0)]);
  });

  it('completes a file by size or records, in the folder that roll makes of the path', async () => {
    for (const roll of [{ size: '4B' }, { records: 2 }]) {
      const sink = open({ options: { path: './rolled', roll }, node: `n${Object.keys(roll)[0]}` });
      await rm(path.join(folder, 'rolled'), { recursive: true, force: true });
      await sink.begin(task, 1, new Map());
      await sink.write(batchOf(0, 0, ['1']), signal);
      const first = sink.durable(task, 0);
      expect(await isSettled(sink, first)).toBe(false);
      await sink.write(batchOf(1, 1, ['2', '3']), signal);
      await sink.durable(task, 1);
      await first;
      await sink.write(batchOf(2, 3, ['4', '5']), signal);
      await sink.durable(task, 2);
      expect(Object.values(await filesIn('rolled'))).toEqual(['1\n2\n3\n', '4\n5\n']);
    }
  });

  it('completes the file on a drain, and an epoch that wrote nothing is durable at once', async () => {
    const sink = open();
    await sink.begin(task, 1, new Map());
    await sink.durable(task, 0);
    await sink.write(batchOf(1, 5, ['5']), signal);
    await sink.drain(task, signal);
    await sink.durable(task, 1);
    await sink.durable(task, 2);
    expect(await filesIn()).toEqual({ [name(5)]: '5\n' });
  });

  it('removes the unfinished file and those behind the committed offset, and no other', async () => {
    const sink = open();
    await sink.begin(task, 1, new Map());
    for (const offset of [0, 10, 20]) {
      await sink.write(batchOf(offset, offset, [String(offset)]), signal);
      await sink.drain(task, signal);
    }
    await sink.write(batchOf(30, 30, ['30']), signal);
    await writeFile(path.join(folder, 'out', 'README'), 'mine');
    await writeFile(path.join(folder, 'out', name(20).replace('%2F3', '%2F4')), 'of another task');
    await open({ fresh: false }).begin(task, 1, at(20));
    expect(Object.keys(await filesIn())).toEqual(['README', name(0), name(10), name(20).replace('%2F3', '%2F4')]);
  });

  it('rejects what waits when the task is discarded, and publishes nothing of it', async () => {
    const sink = open();
    await sink.begin(task, 1, new Map());
    await sink.write(batchOf(0, 0, ['1']), signal);
    const durable = sink.durable(task, 0);
    const outcome = expect(durable).rejects.toMatchObject({ code: 'SINK_DISCARDED' });
    await sink.discard(task, 1);
    await outcome;
    expect(await filesIn()).toEqual({});
    await expect(sink.write(batchOf(1, 1, ['2']), signal)).rejects.toMatchObject({ code: 'SINK_NOT_BEGUN' });
  });

  it('takes nothing of an earlier incarnation', async () => {
    const sink = open();
    await sink.begin(task, 1, new Map());
    await sink.write(batchOf(0, 0, ['old']), signal);
    await sink.begin(task, 2, new Map());
    await expect(sink.write(batchOf(0, 0, ['old']), signal)).rejects.toMatchObject({ code: 'SINK_NOT_BEGUN' });
    await sink.discard(task, 1);
    await sink.write(batchOf(0, 0, ['new'], { incarnation: 2 }), signal);
    await sink.drain(task, signal);
    expect(await filesIn()).toEqual({ [name(0)]: 'new\n' });
  });

  it('never publishes a file that another run took over, nor overwrites one', async () => {
    const zombie = open();
    await zombie.begin(task, 1, new Map());
    await zombie.write(batchOf(0, 0, ['zombie']), signal);
    const heir = open();
    await heir.begin(task, 1, new Map());
    await heir.write(batchOf(0, 0, ['half']), signal);
    await expect(zombie.drain(task, signal)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(await filesIn()).toEqual({ [`${name(0)}.part`]: 'half\n' });
    await writeFile(path.join(folder, 'out', name(0)), 'appeared meanwhile');
    await expect(heir.drain(task, signal)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect((await filesIn())[name(0)]).toBe('appeared meanwhile');
  });
});

describe('the rows of the file sink', () => {
  it('refuses null values and line breaks, and holds back later rows of the key', async () => {
    const sink = open();
    await sink.begin(task, 1, new Map());
    const batch = batchOf(0, 0, ['a', null, 'b', 'c\nd', 'e'], { keys: ['k', 'k', 'k', 'l', 'm'] });
    expect(await sink.write(batch, signal)).toEqual([
      { row: 1, code: 'NULL_VALUE', message: expect.any(String) as string },
      { row: 2, retryAfterMs: 0 },
      { row: 3, code: 'NEWLINE_IN_VALUE', message: expect.any(String) as string },
    ]);
    expect(await sink.write(batch.view(Uint32Array.of(2)), signal)).toEqual([]);
    await sink.drain(task, signal);
    expect(Object.values(await filesIn())).toEqual(['a\ne\nb\n']);
  });

  it('fails for good where the file system refuses, and begins again after that', async () => {
    const sink = open({ bounded: true, options: { path: './out/rest.ndjson' } });
    await sink.begin(task, 1, new Map());
    await mkdir(path.join(folder, 'out', 'rest.ndjson.part'), { recursive: true });
    const error: unknown = await sink.write(batchOf(0, 0, ['1']), signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'WRITE_FAILED', retryable: false, place: { node: 'rest', task } });
    await expect(sink.durable(task, 0)).rejects.toBe(error);
    await expect(sink.drain(task, signal)).rejects.toBe(error);
    await rm(path.join(folder, 'out', 'rest.ndjson.part'), { recursive: true });
    await sink.begin(task, 2, new Map());
    await sink.write(batchOf(0, 0, ['1'], { incarnation: 2 }), signal);
    await sink.drain(task, signal);
    expect(await filesIn()).toEqual({ 'rest.ndjson': '1\n' });
  });
});

describe('the file sink in a bounded run of one task', () => {
  const bounded = { bounded: true };

  async function runOnce(offset: number, values: string[]): Promise<void> {
    const sink = open({ ...bounded, fresh: offset === 0 });
    await sink.begin(task, 1, offset === 0 ? new Map() : at(offset));
    if (values.length > 0) await sink.write(batchOf(0, offset, values), signal);
    await sink.drain(task, signal);
    await sink.durable(task, 0);
    await sink.discard(task, 1);
    await sink.close();
  }

  it('writes one file, which is there when it is whole', async () => {
    const sink = open(bounded);
    await sink.begin(task, 1, new Map());
    await sink.write(batchOf(0, 0, ['1']), signal);
    const durable = sink.durable(task, 0);
    expect(await isSettled(sink, durable)).toBe(false);
    expect(await filesIn()).toEqual({ 'rest.ndjson.part': '1\n' });
    await sink.write(batchOf(1, 1, ['2']), signal);
    await sink.drain(task, signal);
    await durable;
    expect(await filesIn()).toEqual({ 'rest.ndjson': '1\n2\n' });
  });

  it('goes on after what is committed, and writes anew from the beginning', async () => {
    await runOnce(0, ['1', '2']);
    await runOnce(2, ['3']);
    expect(await filesIn()).toEqual({ 'rest.ndjson': '1\n2\n3\n' });
    await runOnce(3, []);
    expect(await filesIn()).toEqual({ 'rest.ndjson': '1\n2\n3\n' });
    await runOnce(0, ['9']);
    expect(await filesIn()).toEqual({ 'rest.ndjson': '9\n' });
  });

  it('takes back what was not committed', async () => {
    await runOnce(0, ['1', '2']);
    await runOnce(2, ['3']);
    await open({ ...bounded, fresh: false }).begin(task, 1, at(2));
    expect(await filesIn()).toEqual({ 'rest.ndjson': '1\n2\n' });
    await open(bounded).begin(task, 1, new Map());
    expect(await filesIn()).toEqual({});
  });

  it('begins anew where the file was moved away, and refuses one that was cut', async () => {
    await runOnce(0, ['1', '2']);
    await writeFile(path.join(folder, 'out', 'rest.ndjson'), '1');
    await expect(open({ ...bounded, fresh: false }).begin(task, 1, at(2))).rejects.toMatchObject({
      code: 'FILE_CHANGED',
    });
    await rm(path.join(folder, 'out', 'rest.ndjson'));
    await runOnce(2, ['3']);
    expect(await filesIn()).toEqual({ 'rest.ndjson': '3\n' });
  });
});

describe('files that are not its own', () => {
  const foreign = (): string => path.join(folder, 'out', 'rest-other-00000000000000000000.ndjson');
  beforeEach(async () => {
    await mkdir(path.join(folder, 'out'));
    await writeFile(foreign(), 'foreign\n');
  });

  it('are added to under names that cannot meet, again and again', async () => {
    for (const [round, node] of ['first', 'second'].entries()) {
      const sink = open({ options: { existing: 'append' }, node });
      await sink.begin('other', 1, new Map());
      await sink.write(batchOf(0, 0, [node], { task: 'other' }), signal);
      await sink.drain('other', signal);
      await open({ options: { existing: 'append' }, node, fresh: false }).begin('other', 2, at(1));
      expect(Object.keys(await filesIn())).toHaveLength(round + 2);
    }
    expect(Object.values(await filesIn()).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'first\n',
      'foreign\n',
      'second\n',
    ]);
  });

  it('stay outside of the path, whatever a task is called', async () => {
    const sink = open({ options: { existing: 'append' } });
    await sink.begin('../../up', 1, new Map());
    await sink.write(batchOf(0, 0, ['1'], { task: '../../up' }), signal);
    await sink.drain('../../up', signal);
    expect(Object.keys(await filesIn()).filter((file) => file.includes('up'))).toEqual([
      'rest.0001-..%2F..%2Fup-00000000000000000000.ndjson',
    ]);
  });
});

describe('the file sink, whatever happens', () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('epoch' as const),
        records: fc.integer({ min: 0, max: 4 }),
        batches: fc.integer({ min: 1, max: 2 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constantFrom('crash' as const, 'rewind' as const, 'drain' as const),
        torn: fc.boolean(),
      }),
    },
  );

  for (const bounded of [false, true]) {
    it(`leaves every record once and in order, ${bounded ? 'in one file' : 'over many files'}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          await closeAll();
          await rm(folder, { recursive: true, force: true });
          const clock = new StillClock();
          const make = (): Sink => open({ bounded, fresh: false, options: { path: './out/rest.ndjson' } }, clock);
          let sink = make();
          let incarnation = 1;
          let epoch = 0;
          let next = 0;
          let committed = 0;
          let done: { end: number; durable: boolean }[] = [];
          const begin = async (): Promise<void> => {
            next = committed;
            done = [];
            await sink.begin(task, ++incarnation, committed === 0 ? new Map() : at(committed));
          };
          const commit = async (): Promise<void> => {
            await isSettled(sink, Promise.resolve(), incarnation);
            while (done[0]?.durable === true) committed = (done.shift() as { end: number }).end;
          };
          const write = async (count: number): Promise<void> => {
            const values = Array.from({ length: count }, (_, index) => String(next + index));
            await sink.write(batchOf(epoch, next, values, { incarnation }), signal);
            next += count;
          };
          await begin();
          for (const one of steps) {
            if (one.do === 'epoch') {
              for (let batch = 0; batch < one.batches; batch++) await write(one.records);
              const entry = { end: next, durable: false };
              done.push(entry);
              sink.durable(task, epoch++).then(
                () => (entry.durable = true),
                () => {},
              );
            } else if (one.do === 'tick') {
              clock.advance(30_000);
              await commit();
            } else {
              await commit();
              if (one.torn) await write(2);
              if (one.do === 'drain') {
                if (one.torn) {
                  const entry = { end: next, durable: false };
                  done.push(entry);
                  sink.durable(task, epoch++).then(
                    () => (entry.durable = true),
                    () => {},
                  );
                }
                await sink.drain(task, signal);
                // Published, but it may not get to be committed.
                if (!one.torn) await commit();
              }
              if (one.do === 'crash') sink = make();
              await begin();
              expect(await visible()).toEqual(numbers(committed));
            }
          }
          await sink.drain(task, signal);
          await commit();
          expect(committed).toBe(next);
          expect(await visible()).toEqual(numbers(committed));
          expect(Object.keys(await filesIn()).filter((file) => file.endsWith('.part'))).toEqual([]);
        }),
        { numRuns: 60 },
      );
    });
  }

  const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

  async function visible(): Promise<string[]> {
    const files = await filesIn();
    return Object.keys(files)
      .filter((file) => !file.endsWith('.part'))
      .flatMap((file) => (files[file] as string).split('\n').slice(0, -1));
  }
});
