import type * as Fs from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../component/clock.ts';
import type { SinkContext } from '../../component/contexts.ts';
import type { Sink } from '../../component/sink.ts';
import { bytesColumn, nullColumn } from '../../record/columns.ts';
import { TaskBatch } from '../../record/task-batch.ts';
import { dynamic } from '../../types/edge-type.ts';
import { fileSinkDefinition } from '../file.ts';
import { folderHeader } from './partition-folder.ts';

/** A process that dies after so many changes of the disk: from then on nothing changes any more, and the change that it died in is half done. */
const life = vi.hoisted(() => ({
  left: Infinity,
  steps: 0,
  /** Counts a change; false where the process dies in it. */
  step(): boolean {
    if (life.left <= 0) throw new Error('This process is dead.');
    life.steps++;
    return --life.left > 0;
  },
}));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof Fs>();
  const mortal =
    <A extends unknown[], R>(change: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const lives = life.step();
      const result = await change(...args);
      if (!lives) throw new Error('This process died.');
      return result;
    };
  const handleOf = (handle: Fs.FileHandle): Fs.FileHandle =>
    new Proxy(handle, {
      get(target, name) {
        if (name === 'appendFile' || name === 'writeFile')
          return async (data: Uint8Array | string) => {
            const bytes = Buffer.from(data);
            if (life.step()) return target.appendFile(bytes);
            await target.appendFile(bytes.subarray(0, bytes.length / 2));
            throw new Error('This process died.');
          };
        // Nothing here can tell whether bytes are on the disk, so that waiting for it would only cost time.
        if (name === 'sync') return mortal(async () => {});
        if (name === 'truncate') return mortal((length?: number) => target.truncate(length));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  const open: typeof real.open = async (file, flags, mode) => {
    // To read changes nothing.
    if (flags === 'r' || flags === undefined) return handleOf(await real.open(file, flags, mode));
    const lives = life.step();
    const handle = await real.open(file, flags, mode);
    if (lives) return handleOf(handle);
    await handle.close();
    throw new Error('This process died.');
  };
  const { link, rename, mkdir: make, copyFile, rm: remove } = real;
  return {
    ...real,
    open,
    link: mortal(link),
    rename: mortal(rename),
    mkdir: mortal(make as (folder: string, options: object) => Promise<string | undefined>),
    copyFile: mortal(copyFile),
    rm: mortal(remove),
  };
});

let folder = '';
beforeEach(async () => {
  life.left = Infinity;
  folder = await mkdtemp(path.join(tmpdir(), 'file-crash-'));
});
const opened: Sink[] = [];
afterEach(async () => {
  life.left = Infinity;
  for (const sink of opened.splice(0)) await sink.close();
  await rm(folder, { recursive: true, force: true });
});

const clock: Clock = { now: () => 0, monotonic: () => 0, after: () => () => {}, soon: (run) => setImmediate(run) };
const task = 'orders/3';
const signal = new AbortController().signal;

interface Way {
  readonly options: Record<string, unknown>;
  readonly bounded?: boolean;
}

function open({ options, bounded = false }: Way, fresh: boolean): Sink {
  const context: SinkContext = {
    node: 'rest',
    topology: 't',
    clock,
    resolvePath: (file) => path.resolve(folder, file),
    stateDirectory: path.join(folder, '.state'),
    bounded,
    fresh,
    log: () => Promise.reject(new Error('no log')),
    key: null,
    value: { codec: 'json', options: {}, schema: dynamic },
    singleTask: bounded,
    splits: () => ['orders/3'],
  };
  const sink = fileSinkDefinition.create({ path: './out', ...options }, context);
  opened.push(sink);
  return sink;
}

const account = { opened: () => {}, closed: () => {} };
const countries = ['DE', 'FR', null];
const countryOf = (offset: number): string | null => countries[offset % 3] as string | null;

function batchOf(epoch: number, from: number, to: number): TaskBatch {
  const offsets = Array.from({ length: to - from }, (_, index) => from + index);
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text));
  return new TaskBatch(account, {
    origin: { task, incarnation: 1, source: 'orders', split: 'orders/3' },
    epoch,
    place: 0,
    columns: {
      count: offsets.length,
      offsets: Float64Array.from(offsets),
      timestamps: new Float64Array(offsets.length),
      keys: nullColumn(offsets.length),
      values: bytesColumn(offsets.map((offset) => bytes(String(offset)))),
      headers: {
        kind: 'objects',
        items: offsets.map((offset) => [{ name: folderHeader('country'), value: bytes(countryOf(offset)) }]),
      },
    },
    selection: null,
    ordinals: null,
    failures: null,
    bytes: 0,
  });
}

const epochs = [3, 5, 8];
const last = 8;
const few = [3, 7];

/** Runs from a committed position to the end, committing whatever is durable; returns the last position that was committed. */
async function run(way: Way, committed: number, ends: readonly number[] = epochs): Promise<number> {
  let at = committed;
  let next = committed;
  const done: Promise<void>[] = [];
  try {
    const sink = open(way, committed === 0);
    const start = new Map([[task, { position: committed, offset: committed }]]);
    await sink.begin(task, 1, committed === 0 ? new Map() : start);
    for (const [epoch, end] of ends.entries()) {
      if (end <= committed) continue;
      await sink.write(batchOf(epoch, next, end), signal);
      next = end;
      const durable = sink.durable(task, epoch).then(() => {
        at = end;
      });
      durable.catch(() => {});
      done.push(durable);
    }
    await sink.drain(task, signal);
    await Promise.all(done);
  } catch (error) {
    if (life.left > 0) throw error;
    await Promise.allSettled(done);
  }
  return at;
}

async function files(): Promise<Map<string, string>> {
  const names = await readdir(path.join(folder, 'out'), { recursive: true, withFileTypes: true }).catch(() => []);
  const found = new Map<string, string>();
  for (const entry of names.filter((each) => each.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    const text = file.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
    found.set(path.relative(path.join(folder, 'out'), file), text);
  }
  return found;
}

const recordsIn = (found: Map<string, string>): number[] =>
  [...found].flatMap(([, text]) => text.split('\n').slice(0, -1).map(Number)).sort((a, b) => a - b);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const ways: Readonly<Record<string, Way>> = {
  'files that roll': { options: { roll: { records: 3 } } },
  'folders of values': { options: { roll: { records: 2 }, partitionBy: [{ country: 'country' }] } },
  'folders of values, compressed, in a bounded run': {
    options: { path: './out/all.ndjson.gz', partitionBy: [{ country: 'country' }] },
    bounded: true,
  },
  'one file': { options: { path: './out/rest.ndjson' }, bounded: true },
};

describe('a crash in any step of', () => {
  for (const [name, way] of Object.entries(ways)) {
    it(`${name} loses nothing, shows no half file and repeats nothing that was committed`, async () => {
      life.steps = 0;
      expect(await run(way, 0)).toBe(last);
      const steps = life.steps;
      expect(steps).toBeGreaterThan(10);
      const committedAt = new Set<number>();
      for (let step = 1; step <= steps; step++) {
        await rm(folder, { recursive: true, force: true });
        await mkdir(folder);
        life.left = step;
        const committed = await run(way, 0);
        committedAt.add(committed);
        life.left = Infinity;
        const sink = open(way, committed === 0);
        const start = new Map([[task, { position: committed, offset: committed }]]);
        await sink.begin(task, 2, committed === 0 ? new Map() : start);
        const kept = await files();
        expect(recordsIn(kept), `what is left after step ${step}`).toEqual(numbers(committed));
        expect(await run(way, committed)).toBe(last);
        const found = await files();
        expect(recordsIn(found), `all after step ${step}`).toEqual(numbers(last));
        for (const [file, text] of found) {
          expect(file).not.toMatch(/\.part$/);
          if (way.options['partitionBy'] !== undefined) expectOwnFolder(file, text);
        }
      }
      if (way.bounded !== true) expect(committedAt.size).toBeGreaterThan(1);
    });
  }

  function expectOwnFolder(file: string, text: string): void {
    const country = /country=([^/]+)\/out|country=([^/]+)\/all/.exec(file);
    for (const value of text.split('\n').slice(0, -1))
      expect(country?.[1] ?? country?.[2]).toBe(countryOf(Number(value)) ?? '__HIVE_DEFAULT_PARTITION__');
  }

  it('"existing": "replace" leaves either what was there or our own, and "append" leaves what was there', async () => {
    for (const existing of ['replace', 'append']) {
      const way: Way = { options: { roll: { records: 2 }, partitionBy: [{ country: 'country' }], existing } };
      const foreign = [
        'country=DE/out-other-00000000000000000000.ndjson',
        'country=IT/out-x-00000000000000000007.ndjson',
      ];
      const prepare = async (): Promise<void> => {
        await rm(folder, { recursive: true, force: true });
        for (const file of foreign) {
          await mkdir(path.dirname(path.join(folder, 'out', file)), { recursive: true });
          await writeFile(path.join(folder, 'out', file), '-1\n');
        }
      };
      let steps = Infinity;
      for (let step = 1; step <= steps; step++) {
        life.left = Infinity;
        await prepare();
        if (step === 1) {
          life.steps = 0;
          await run(way, 0, few);
          steps = life.steps;
          await prepare();
        }
        life.left = step;
        const committed = await run(way, 0, few);
        life.left = Infinity;
        expect(await run(way, committed, few)).toBe(7);
        const others = existing === 'append' ? [-1, -1] : [];
        expect(recordsIn(await files()), `${existing}, step ${step}`).toEqual([...others, ...numbers(7)]);
      }
    }
  });
});
