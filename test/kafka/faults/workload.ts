import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { checkHistory, type Verdict } from '../../faults/check-history.ts';
import type { Recompute, SeenRecord, WrittenRecord, ZombieTime } from '../../faults/history.ts';
import { consumeAll, type ConsumedRecord } from '../consume-all.ts';
import { groupLag } from '../group-offsets.ts';
import { startHeadrace, type HeadraceOptions, type HeadraceProcess } from '../headrace-process.ts';
import type { RecordToProduce } from '../produce.ts';
import { createTopics, uniqueName } from '../topics.ts';
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
  /** Joins the options of the source. */
  readonly source?: Readonly<Record<string, unknown>>;
}

/** Every so many-th value cannot be read, and goes to the dead letters. */
const badEvery = 50;
const branches = ['all', 'thirds'] as const;
const keysPerPartition = 11;

const recompute: Recompute = ({ value }, branch) =>
  isBad(value) ? 'rejected' : branch === 'thirds' && value % 3 !== 0 ? null : value * 2;

const isBad = (value: number): boolean => value % badEvery === badEvery - 1;

/**
 * A topology over topics of its own whose results can be recomputed: every record's double to `all`, those that three divides to
 * `thirds` too, what cannot be read to the dead letters. Where a record came from stands in its result.
 */
export class Workload {
  readonly name: string;
  readonly bootstrap: string;
  readonly partitions: number;
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
    await createTopics(bootstrap, {
      [workload.input]: { partitions, replicas },
      ...Object.fromEntries([all, thirds, workload.letters].map((topic) => [topic, { partitions, replicas, config }])),
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
      return { partition, key, value: isBad(value) ? `?${value}` : JSON.stringify({ n: value }) };
    });
  }

  /** Starts a worker, directly or behind proxies. */
  start(brokers: string = this.bootstrap, { env = {}, ...options }: HeadraceOptions = {}): HeadraceProcess {
    return startHeadrace(['run', this.file, '--metrics-address', 'off'], {
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

  /** Waits until so many records at least are committed, over all partitions. */
  async committed(count: number): Promise<void> {
    await waitUntil(
      () => this.#sampler.committed,
      (committed) => committed >= count,
      { what: `${count} records are committed`, intervalMs: 20 },
    );
  }

  /** Reads back what is there and checks it; fails with what is wrong. */
  async check(what: string, { zombies = [] }: { readonly zombies?: readonly ZombieTime[] } = {}): Promise<Verdict> {
    const samples = await this.#sampler.stop();
    const written = (await consumeAll(this.bootstrap, this.input)).map(readWritten);
    const [all, thirds, letters] = [
      await consumeAll(this.bootstrap, this.outputs.all),
      await consumeAll(this.bootstrap, this.outputs.thirds),
      await consumeAll(this.bootstrap, this.letters),
    ];
    const verdict = checkHistory(
      {
        written,
        branches: { all: all.map(readResult), thirds: thirds.map(readResult) },
        rejected: letters.map(readLetter),
        samples,
        zombies,
      },
      recompute,
    );
    const { findings, repeats, zombieRepeats, checked } = verdict;
    console.log(
      `${what}: ${checked} records, ${repeats} repeats, ${zombieRepeats} of zombies, ${samples.length} samples`,
    );
    expect(findings.slice(0, 10), `${what}: ${findings.length} findings`).toEqual([]);
    expect(samples.length, 'commits were looked at').toBeGreaterThan(0);
    return verdict;
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
  const text = String(value);
  const number = text.startsWith('?') ? Number(text.slice(1)) : (JSON.parse(text) as { n: number }).n;
  return { partition, seq: offset, offset, key: String(key), value: number };
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
