// CPU time per record of Nexmark q1 over real Kafka, beside kafkajs and avsc by hand: `pnpm bench:q1 [records]`.
// Whole processes are measured at two sizes; the slope between them leaves start-up and most of the JIT out.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import avsc from 'avsc';
import { startKafka } from '../test/kafka/broker/kafka-broker.ts';
import { groupLag } from '../test/kafka/group-offsets.ts';
import { produce } from '../test/kafka/produce.ts';
import { createTopics, partitionRanges, uniqueName } from '../test/kafka/topics.ts';

const workspace = fileURLToPath(new URL('../', import.meta.url));
const large = Number(process.argv[2] ?? 400_000);
const small = Math.round(large / 4);
const rounds = 3;

interface Event {
  type: string;
  event: { auction: number };
}

/** Reads the CPU time of a process from the kernel, in seconds; ticks are hundredths. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function fill(bootstrap: string, topic: string, records: number): Promise<void> {
  await createTopics(bootstrap, { [topic]: { partitions: 4 } });
  const schema = JSON.parse(await readFile(`${workspace}topologies/nexmark/schemas/bid.avsc`, 'utf8')) as avsc.Schema;
  const type = avsc.Type.forSchema(schema);
  const lines = gunzipSync(await readFile(`${workspace}test/golden/nexmark/events-20000.ndjson.gz`))
    .toString()
    .trim()
    .split('\n');
  const bids = lines.map((line) => JSON.parse(line) as Event).filter(({ type: kind }) => kind === 'bid');
  const encoded = bids.map(({ event }) => ({ key: String(event.auction), value: type.toBuffer(event) }));
  for (let done = 0; done < records; done += encoded.length)
    await produce(bootstrap, topic, encoded.slice(0, records - done));
}

async function measure(
  bootstrap: string,
  from: string,
  start: (group: string, to: string) => Promise<ChildProcess>,
): Promise<number> {
  const group = uniqueName('bench');
  const to = uniqueName('out');
  await createTopics(bootstrap, { [to]: { partitions: 4 } });
  const child = await start(group, to);
  while ((await groupLag(bootstrap, group, from)) > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  const seconds = await cpuSeconds(child.pid as number);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exited;
  const [read, written] = await Promise.all([from, to].map((topic) => partitionRanges(bootstrap, topic)));
  const count = (ranges: typeof read): number =>
    (ranges ?? []).reduce((sum, range) => sum + range.end - range.start, 0);
  if (count(read) !== count(written))
    throw new Error(`${String(count(written))} of ${String(count(read))} records were written`);
  return seconds;
}

const kafka = await startKafka();
const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-bench-'));
const loader = ['--import', new URL('../scripts/source-loader.mjs', import.meta.url).href];

async function startHeadrace(from: string, group: string, to: string): Promise<ChildProcess> {
  const file = path.join(folder, `${group}.json`);
  const text = await readFile(`${workspace}topologies/nexmark/q1.json`, 'utf8');
  const schemas = `${workspace}topologies/nexmark/schemas/`;
  await writeFile(
    file,
    text
      .replace('"nexmark-q1"', `"${group}"`)
      .replace('"topic": "nexmark-q1"', `"topic": "${to}"`)
      .replace('nexmark-bid', from)
      .replaceAll('./schemas/', schemas),
  );
  const args = [
    ...loader,
    '--conditions=@headrace/source',
    `${workspace}packages/cli/src/main.ts`,
    'run',
    file,
    '--log-level',
    'error',
  ];
  return spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, KAFKA_BROKERS: kafka.bootstrap } });
}

function startByHand(from: string, group: string, to: string): Promise<ChildProcess> {
  const args = [
    ...loader,
    fileURLToPath(new URL('./kafkajs-q1.ts', import.meta.url)),
    kafka.bootstrap,
    group,
    from,
    to,
  ];
  return Promise.resolve(spawn(process.execPath, args, { stdio: 'inherit' }));
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
try {
  const topics = { small: uniqueName('bids'), large: uniqueName('bids') };
  await fill(kafka.bootstrap, topics.small, small);
  await fill(kafka.bootstrap, topics.large, large);
  const slopes: Record<string, number[]> = { headrace: [], 'kafkajs and avsc by hand': [] };
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of [
      ['headrace', startHeadrace],
      ['kafkajs and avsc by hand', startByHand],
    ] as const) {
      const less = await measure(kafka.bootstrap, topics.small, (group, to) => start(topics.small, group, to));
      const more = await measure(kafka.bootstrap, topics.large, (group, to) => start(topics.large, group, to));
      slopes[name]?.push(((more - less) / (large - small)) * 1e6);
    }
  }
  for (const [name, values] of Object.entries(slopes))
    console.log(
      `${name}: ${median(values).toFixed(2)} µs of CPU a record (${values.map((value) => value.toFixed(2)).join(', ')})`,
    );
  const ratio = median(slopes['headrace'] ?? []) / median(slopes['kafkajs and avsc by hand'] ?? []);
  console.log(
    `ratio ${ratio.toFixed(2)}; ${String(large)} less ${String(small)} records, ${String(rounds)} rounds, Node ${process.version}`,
  );
} finally {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
}
