import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { checkHistory, type Verdict } from '../../faults/check-history.ts';
import type { Recompute, SeenRecord, WrittenRecord, ZombieTime } from '../../faults/history.ts';
import { consumeAll, type ConsumedRecord } from '../consume-all.ts';
import { groupLag } from '../group-offsets.ts';
import { startHeadrace, type HeadraceOptions, type HeadraceProcess } from '../headrace-process.ts';
import type { RecordToProduce } from '../produce.ts';
import { createTopics, partitionRanges, uniqueName } from '../topics.ts';
import { waitUntil } from '../wait-until.ts';
import { CommitSampler } from './commit-sampler.ts';

/** What may be chosen about a workload. */
export interface WorkloadOptions {
  /** Default: 4. */
  readonly partitions?: number;
  /** Default: 1. */
  readonly replicas?: number;
  /** Joins the `run` of the topology. */
  readonly run?: Readonly<Record<string, unknown>>;
  /** Operators between the source and the branches: each record passes `last`. Default: none. */
  readonly between?: { readonly operators: Readonly<Record<string, object>>; readonly last: string };
  /** More files of the topology's folder, by their names. */
  readonly files?: Readonly<Record<string, string>>;
  /** Kafka's configuration of the topic that is read. */
  readonly inputConfig?: Readonly<Record<string, string>>;
  /** The same of the topics that are written. */
  readonly outputConfig?: Readonly<Record<string, string>>;
  /** Joins the options of the source. */
  readonly source?: Readonly<Record<string, unknown>>;
}

/** What may be chosen about a worker. */
export interface StartOptions extends HeadraceOptions {
  /** Where it serves its metrics. Default: nowhere. */
  readonly metricsAddress?: string;
}

/** Every so many-th value cannot be read, and goes to the dead letters. */
const badEvery = 50;
const branches = ['all', 'thirds'] as const;
const keysPerPartition = 11;

/** Stands for the value of a record that cannot be read. */
const unreadable = -1;

const recompute: Recompute = ({ value }, branch) =>
  value === unreadable ? 'rejected' : branch === 'thirds' && value % 3 !== 0 ? null : value * 2;

/**
 * A topology over topics of its own whose results can be recomputed: every record's double to `all`, those that three divides to
 * `thirds` too, what cannot be read to the dead letters. Where a record came from stands in its result.
 */
export class Workload {
  readonly name: string;
  readonly bootstrap: string;
  /** Over how many partitions records are spread from now on. */
  partitions: number;
  readonly input: string;
  readonly outputs: Readonly<Record<(typeof branches)[number], string>>;
  readonly letters: string;
  readonly folder: string;
  readonly #sampler: CommitSampler;
  /** How many values are given out. */
  #next = 0;

  private constructor(bootstrap: string, name: string, partitions: number, folder: string) {
    this.bootstrap = bootstrap;
    this.name = name;
    this.partitions = partitions;
    this.folder = folder;
    this.input = `${name}-input`;
    this.outputs = { all: `${name}-all`, thirds: `${name}-thirds` };
    this.letters = `${name}-letters`;
    this.#sampler = new CommitSampler(bootstrap, name, this.input);
  }

  /** Makes the topics and the topology, and begins to look at what its group commits. */
  static async create(bootstrap: string, options: WorkloadOptions = {}): Promise<Workload> {
    const { partitions = 4, replicas = 1 } = options;
    const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-faults-'));
    const workload = new Workload(bootstrap, uniqueName('faults'), partitions, folder);
    const { all, thirds } = workload.outputs;
    // The times of results are the broker's: they are compared with those of commits.
    const config = { 'message.timestamp.type': 'LogAppendTime' };
    const outputConfig = { ...config, ...options.outputConfig };
    await createTopics(bootstrap, {
      [workload.input]: { partitions, replicas, config: options.inputConfig ?? {} },
      ...Object.fromEntries([all, thirds].map((topic) => [topic, { partitions, replicas, config: outputConfig }])),
      [workload.letters]: { partitions, replicas, config },
    });
    for (const [file, text] of Object.entries(options.files ?? {})) await writeFile(path.join(folder, file), text);
    await writeFile(workload.file, JSON.stringify(topologyOf(workload, options)));
    workload.#sampler.start();
    return workload;
  }

  /** The topology's file. */
  get file(): string {
    return path.join(this.folder, 'topology.json');
  }

  /** Makes the next records, spread over the partitions in turn. */
  records(count: number): RecordToProduce[] {
    return Array.from({ length: count }, () => {
      const value = this.#next++;
      const partition = value % this.partitions;
      const key = keyOf(partition, value, this.partitions);
      return { partition, key, value: value % badEvery === badEvery - 1 ? `?${value}` : JSON.stringify({ n: value }) };
    });
  }

  /** Starts a worker, directly or behind proxies. */
  start(
    brokers: string = this.bootstrap,
    { env = {}, metricsAddress = 'off', ...options }: StartOptions = {},
  ): HeadraceProcess {
    return startHeadrace(['run', this.file, '--metrics-address', metricsAddress], {
      ...options,
      env: { KAFKA_BROKERS: brokers, ...env },
    });
  }

  /** Waits until everything that was written is committed. */
  async drained(deadlineMs = 120_000): Promise<void> {
    await waitUntil(
      () => groupLag(this.bootstrap, this.name, this.input),
      (lag) => lag === 0,
      { what: 'everything is committed', deadlineMs, intervalMs: 100 },
    );
  }

  /** How many records were committed at the last look. */
  get committedNow(): number {
    return this.#sampler.committed;
  }

  /** Waits until so many records at least are committed, over all partitions. */
  async committed(count: number): Promise<void> {
    await waitUntil(
      () => this.#sampler.committed,
      (committed) => committed >= count,
      { what: `${count} records are committed`, deadlineMs: 120_000, intervalMs: 20 },
    );
  }

  /** Reads back what is there and checks it; fails with what is wrong. */
  async check(what: string, options: { readonly zombies?: readonly ZombieTime[] } = {}): Promise<Verdict> {
    const verdict = await this.verdict(options);
    const { findings, repeats, zombieRepeats, checked } = verdict;
    console.log(`${what}: ${checked} records, ${repeats} repeats, ${zombieRepeats} of zombies`);
    if (findings.length === 0) return verdict;
    const first = findings.slice(0, 10).map((finding) => JSON.stringify(finding));
    throw new Error(`${what}: ${findings.length} findings, of which the first are\n${first.join('\n')}`);
  }

  /** Reads back what is there and says what is wrong with it. */
  async verdict({ zombies = [] }: { readonly zombies?: readonly ZombieTime[] } = {}): Promise<Verdict> {
    const samples = await this.#sampler.stop();
    const { bootstrap, input, outputs } = this;
    const committed = new Set((await consumeAll(bootstrap, input)).map(placeOf));
    const inputs = await consumeAll(bootstrap, input, { readUncommitted: true });
    const letters = await consumeAll(bootstrap, this.letters);
    expectBytesKept(inputs, letters);
    const written = inputs.map((record) => ({ ...readWritten(record), aborted: !committed.has(placeOf(record)) }));
    const all = (await consumeAll(bootstrap, outputs.all)).map(readResult);
    const thirds = (await consumeAll(bootstrap, outputs.thirds)).map(readResult);
    const markers = await this.#markers(written);
    if (samples.length < 2) throw new Error('Nobody has looked at the commits.');
    return checkHistory(
      { written, branches: { all, thirds }, rejected: letters.map(readLetter), samples, zombies, markers },
      recompute,
    );
  }

  /** Counts the offsets behind the last record of each partition: markers of transactions. */
  async #markers(written: readonly WrittenRecord[]): Promise<ReadonlyMap<number, number>> {
    const ends = new Map<number, number>();
    for (const { partition, offset } of written) ends.set(partition, Math.max(ends.get(partition) ?? 0, offset + 1));
    const ranges = await partitionRanges(this.bootstrap, this.input);
    return new Map(ranges.map(({ partition, end }) => [partition, end - (ends.get(partition) ?? 0)]));
  }

  /** Ends what looks at the group; for tests that do not come to the check. */
  async close(): Promise<void> {
    await this.#sampler.stop();
  }
}

function topologyOf(workload: Workload, { run, between, source }: WorkloadOptions): object {
  const { name, input, outputs, letters } = workload;
  const schema = { type: 'record', name: 'Numbered', fields: [{ name: 'n', type: 'long' }] };
  const kafka = (from: string, topic: string): object => ({
    type: 'kafka',
    input: from,
    topic,
    key: 'string',
    value: 'json',
  });
  return {
    headrace: 1,
    name,
    parameters: { brokers: { type: 'strings', env: 'KAFKA_BROKERS' } },
    clusters: { main: { brokers: { $param: 'brokers' } } },
    run: { commitInterval: '200ms', onError: { decode: 'deadLetter' }, deadLetter: { topic: letters }, ...run },
    sources: { numbers: { type: 'kafka', topic: input, key: 'string', value: { codec: 'json', schema }, ...source } },
    operators: {
      ...between?.operators,
      doubled: {
        type: 'map',
        input: between?.last ?? 'numbers',
        select: { partition: 'record.partition', offset: 'record.offset', n: 'n', result: 'n * 2' },
      },
      divided: { type: 'filter', input: 'doubled', where: 'n % 3 == 0' },
    },
    sinks: { all: kafka('doubled', outputs.all), thirds: kafka('divided', outputs.thirds) },
  };
}

function keyOf(partition: number, value: number, partitions: number): string {
  return `${partition}-${Math.floor(value / partitions) % keysPerPartition}`;
}

function readWritten({ partition, offset, key, value }: ConsumedRecord): WrittenRecord {
  return { partition, seq: offset, offset, key: String(key), value: valueOf(value) };
}

/** Reads a value as the topology's schema does; what that refuses is `unreadable`. */
function valueOf(bytes: Buffer | null): number {
  if (bytes === null) return unreadable;
  try {
    const { n } = JSON.parse(bytes.toString()) as { n?: unknown };
    return Number.isSafeInteger(n) ? (n as number) : unreadable;
  } catch {
    return unreadable;
  }
}

function readResult({ key, value, timestamp }: ConsumedRecord): SeenRecord {
  const { partition, offset, result } = JSON.parse(String(value)) as Record<'partition' | 'offset' | 'result', number>;
  return { partition, seq: offset, key: String(key), result, appendedAt: timestamp };
}

function readLetter({ key, headers, timestamp }: ConsumedRecord): SeenRecord {
  const header = (name: string): number => Number(String(headers[`__headrace.errors.${name}`]));
  return {
    partition: header('partition'),
    seq: header('offset'),
    key: String(key),
    result: null,
    appendedAt: timestamp,
  };
}

function placeOf({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `${partition}/${offset}`;
}

/** What was refused lies in the dead letters byte by byte, with its key and the reason. */
function expectBytesKept(inputs: readonly ConsumedRecord[], letters: readonly ConsumedRecord[]): void {
  const byPlace = new Map(inputs.map((record) => [placeOf(record), record]));
  for (const letter of letters) {
    const { partition, seq } = readLetter(letter);
    const input = byPlace.get(placeOf({ partition, offset: seq }));
    const isKept = isDeepStrictEqual(letter.value, input?.value) && isDeepStrictEqual(letter.key, input?.key);
    if (!isKept || !/^[A-Z0-9_]+$/.test(String(letter.headers['__headrace.errors.code'])))
      throw new Error(`The dead letter of ${partition}/${seq} is not what was written, or says no reason.`);
  }
}
