// What the embedded broker takes beside Apache Kafka, each as a process of its own: `pnpm bench:broker [records] [retained] [rounds]` prints
// the time from start to the first acknowledged record, CPU time a record, and memory after many records with retention. Needs `pnpm build`.
import { WireClient } from '../../test/broker/wire-client.ts';
import { startApacheKafka, startEmbedded, type Contender } from './contenders.ts';
import { consume, firstAcknowledged, loadOf, makeTopic, produce, type Load } from './load.ts';
import { cpuMicroseconds, megabytes } from './process-usage.ts';

const [records = 4_000_000, retained = 10_000_000, rounds = 3] = process.argv.slice(2).map(Number);
/** Kept of a topic whose size would not matter otherwise: 64 MiB a partition. */
const bounded = { 'retention.bytes': String(64 << 20), 'segment.bytes': String(16 << 20) };
const sizes = [
  { name: '100 B', load: loadOf(100), records },
  { name: '1 kB', load: loadOf(1000), records: Math.ceil(records / 4) },
];

/** Figures by what they are figures of. */
type Figures = Map<string, number>;

/** Returns the CPU time of a broker for each record that some work passes; the work runs at a quarter first, to warm up. */
async function cpuOf(pid: number, work: (count: number) => Promise<number>, count: number): Promise<number> {
  await work(count / 4);
  const before = await cpuMicroseconds(pid);
  const passed = await work(count);
  return ((await cpuMicroseconds(pid)) - before) / passed;
}

async function measure(start: () => Promise<Contender>): Promise<Figures> {
  const figures: Figures = new Map();
  const broker = await start();
  let client: WireClient | undefined;
  try {
    figures.set(
      'start to first acknowledged record, ms',
      (await firstAcknowledged(broker.bootstrap)) - broker.startedAt,
    );
    figures.set('memory when started, MB', (await megabytes(broker.pid)).now);
    const connection = (client = await WireClient.open(broker.bootstrap));
    for (const { name, load, records: count } of sizes) {
      const topic = `records-of-${load.records}`;
      await makeTopic(connection, topic, bounded);
      const writing = (some: number): Promise<number> => produce(connection, topic, load, some);
      figures.set(`produce ${name}, µs of CPU a record`, await cpuOf(broker.pid, writing, count));
      const reading = `${topic}-kept`;
      await makeTopic(connection, reading, {});
      await produce(connection, reading, load, count / 16);
      const consuming = (some: number): Promise<number> => consume(connection, reading, load, some);
      figures.set(`fetch ${name}, µs of CPU a record`, await cpuOf(broker.pid, consuming, count));
    }
  } finally {
    client?.close();
    await broker.stop();
  }
  return figures;
}

/** Returns the memory of a broker that has taken many records and kept few of them. */
async function memoryOf(start: () => Promise<Contender>, load: Load): Promise<Figures> {
  const broker = await start();
  try {
    await firstAcknowledged(broker.bootstrap);
    const client = await WireClient.open(broker.bootstrap);
    await makeTopic(client, 'retained', bounded);
    await produce(client, 'retained', load, retained);
    client.close();
    const { now, most } = await megabytes(broker.pid);
    return new Map([
      [`memory after ${retained} records of 100 B, MB`, now],
      ['most memory on the way, MB', most],
    ]);
  } finally {
    await broker.stop();
  }
}

const middle = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1] as number;

async function figuresOf(start: () => Promise<Contender>): Promise<Figures> {
  const all: Figures[] = [];
  for (let round = 0; round < rounds; round++) all.push(await measure(start));
  const [first = new Map<string, number>()] = all;
  const figures = new Map([...first.keys()].map((what) => [what, middle(all.map((one) => one.get(what) as number))]));
  if (retained > 0) for (const [what, value] of await memoryOf(start, loadOf(100))) figures.set(what, value);
  return figures;
}

const [embedded, kafka] = [await figuresOf(startEmbedded), await figuresOf(startApacheKafka)];
const shown = (value: number): string => (value < 10 ? value.toFixed(3) : value.toFixed(0));
console.log('| | embedded | Apache Kafka | embedded / Kafka |\n| --- | --: | --: | --: |');
for (const [what, value] of embedded) {
  const other = kafka.get(what) as number;
  console.log(`| ${what} | ${shown(value)} | ${shown(other)} | ${(value / other).toFixed(3)} |`);
}
console.log(`\n${records} records, ${rounds} rounds, Node ${process.version}`);
