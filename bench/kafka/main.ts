// CPU time of a worker per 100-byte record on real Kafka, four partitions, beside kafkajs: `pnpm bench:kafka [large] [small] [rounds] [works]`.
// Whole processes are measured at two sizes; what is between them leaves starting and most of warming up out. Steady: 8000000 2000000.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startKafka } from '../../test/kafka/broker/kafka-broker.ts';
import { createTopics, partitionRanges, uniqueName } from '../../test/kafka/topics.ts';
import { fill } from './fill.ts';
import { orderOf } from './orders.ts';

const [large = 400_000, small = 100_000, rounds = 3] = process.argv.slice(2, 5).map(Number);
const [, , , , , chosen = ''] = process.argv;
const partitions = 4;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const loader = ['--conditions=@headrace/source', '--import', here('../../scripts/source-loader.mjs')];
const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-bench-'));
const kafka = await startKafka({ properties: { 'log.segment.bytes': '104857600' } });

type Command = (from: string, to: string, records: number) => readonly string[];

const topology =
  (name: string): Command =>
  (from, to) => [
    ...loader,
    here('../../packages/cli/src/main.ts'),
    'run',
    here(`./${name}.json`),
    '--bounded',
    '--log-level=error',
    '--metrics-address=off',
    `--set=from=${from}`,
    `--set=to=${to}`,
    `--set=brokers=${kafka.bootstrap}`,
  ];
const log =
  (work: string): Command =>
  (from, to, records) => [
    ...loader,
    here('./headrace-work.ts'),
    work,
    kafka.bootstrap,
    work === 'produce' ? to : from,
    String(records),
  ];
const kafkajs =
  (work: string): Command =>
  (from, to, records) => [
    ...loader,
    here('./kafkajs-work.ts'),
    work,
    kafka.bootstrap,
    work === 'produce' ? to : from,
    to,
    String(records),
  ];

interface Work {
  readonly name: string;
  readonly contenders: Readonly<Record<string, Command>>;
  /** How many of so many records the work writes. */
  readonly written: (records: number) => number;
}

const kept = (records: number): number => {
  const eight = Array.from({ length: 8 }, (_, n) => orderOf(n)).map(({ status, amount }) =>
    Number(status === 'PAID' && amount > 100),
  );
  return Array.from({ length: 8 }, (_, n) => Math.ceil((records - n) / 8) * (eight[n] as number)).reduce(
    (a, b) => a + b,
  );
};

const works: readonly Work[] = [
  {
    name: 'consume only',
    contenders: { Headrace: log('consume'), kafkajs: kafkajs('consume') },
    written: () => 0,
  },
  {
    name: 'produce only',
    contenders: { Headrace: log('produce'), kafkajs: kafkajs('produce') },
    written: (records) => records,
  },
  {
    name: 'pass-through',
    contenders: { Headrace: topology('pass-through'), kafkajs: kafkajs('pass-through') },
    written: (records) => records,
  },
  {
    name: 'filter, change, encode',
    contenders: { Headrace: topology('filter-change-encode'), kafkajs: kafkajs('filter-change-encode') },
    written: kept,
  },
];

/** Runs a contender once; returns the microseconds of CPU that it took. */
async function run(work: Work, command: Command, from: string, records: number): Promise<number> {
  const to = uniqueName('to');
  await createTopics(kafka.bootstrap, { [to]: { partitions } });
  const usage = path.join(folder, to);
  await promisify(execFile)(
    process.execPath,
    ['--import', here('../stages/report-usage.mjs'), ...command(from, to, records)],
    { env: { ...process.env, HEADRACE_BENCH_USAGE: usage, KAFKAJS_NO_PARTITIONER_WARNING: '1' } },
  );
  const written = (await partitionRanges(kafka.bootstrap, to))?.reduce((sum, { start, end }) => sum + end - start, 0);
  if (written !== work.written(records))
    throw new Error(`${work.name}: ${String(written)} records were written, not ${work.written(records)}`);
  return Number(await readFile(usage, 'utf8'));
}

const middle = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] as number;

try {
  const topics = { small: uniqueName('small'), large: uniqueName('large') };
  await fill(kafka.bootstrap, topics.small, small, partitions);
  await fill(kafka.bootstrap, topics.large, large, partitions);
  console.log('| work | contender | µs of CPU a record | least |\n| --- | --- | --: | --: |');
  for (const work of works.filter(({ name }) => chosen === '' || chosen.split(';').includes(name))) {
    const costs = new Map(Object.keys(work.contenders).map((name) => [name, [] as number[]]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, command] of Object.entries(work.contenders)) {
        const less = await run(work, command, topics.small, small);
        const more = await run(work, command, topics.large, large);
        costs.get(name)?.push((more - less) / (large - small));
      }
    }
    for (const [name, list] of costs)
      console.log(`| ${work.name} | ${name} | ${middle(list).toFixed(3)} | ${Math.min(...list).toFixed(3)} |`);
  }
  console.log(`\n${large} less ${small} records, ${rounds} rounds, Node ${process.version}`);
} finally {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
}
