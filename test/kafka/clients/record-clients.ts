import { CompressionCodecs, CompressionTypes, Partitioners } from 'kafkajs';
import { bytesAt, headersAt, systemClock, type BytesColumn, type Columns, type Log } from '@headrace/core';
import { createKafkaLog } from '@headrace/kafka';
import { columnsOf } from '@headrace/testing';
import { canWriteZstandard } from '@headrace/avro';
import type { Compression, CompressionName } from '@headrace/protocol';
import { compressions } from '../../../packages/kafka/src/compression/compressions.ts';
import { consumeAll } from '../consume-all.ts';
import { foreignClient } from '../foreign-client.ts';
import { uniqueName } from '../topics.ts';
import type { JavaHost } from './java-host.ts';
import { kcat } from './kcat.ts';

/** A record whose bytes are text. */
export interface TextRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
  /** Milliseconds. */
  readonly timestamp: number;
}

/** Where records are. */
export interface Place {
  readonly bootstrap: string;
  readonly topic: string;
  readonly partition: number;
}

/** A client that writes a partition and reads it whole. */
export interface RecordClient {
  /** What it can write on this Node. */
  readonly writes: readonly CompressionName[];
  /** Whether it can say the times of what it writes. */
  readonly setsTimestamps: boolean;
  write(place: Place, compression: CompressionName, records: readonly TextRecord[]): Promise<void>;
  read(place: Place): Promise<TextRecord[]>;
}

const all: readonly CompressionName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const onThisNode = all.filter((name) => name !== 'zstd' || canWriteZstandard);
const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text));
const text = (held: Uint8Array | null | undefined): string | null =>
  held === null || held === undefined ? null : Buffer.from(held).toString();
const linesOf = (output: string): string[] => output.split('\n').filter((line) => line.startsWith('{'));

/** The data plane of Headrace. */
export const headrace: RecordClient = {
  writes: onThisNode,
  setsTimestamps: true,
  write: (place, compression, records) =>
    withLog(place, async (log) => {
      const columns = columnsOf(
        records.map(({ key, value, headers, timestamp }) => ({
          key: bytes(key),
          value: bytes(value),
          headers: headers.map(([name, held]) => ({ name, value: bytes(held) })),
          timestamp,
        })),
      );
      const partitions = new Int32Array(records.length).fill(place.partition);
      const refused = await log.append(place.topic, partitions, columns, { compression });
      if (refused.length > 0) throw new Error(`${refused.length} records were refused.`);
    }),
  read: (place) =>
    withLog(place, async (log) => {
      const reader = log.reader(`${place.topic}/${place.partition}`, 'earliest');
      const read: TextRecord[] = [];
      const { signal } = new AbortController();
      for (;;) {
        const result = await reader.read({ records: 10_000, bytes: 10_000_000, waitMs: 200 }, signal);
        if (result === 'end') return read;
        if (result === 'idle') continue;
        for (let row = 0; row < (result.records?.count ?? 0); row++) read.push(rowOf(result.records as Columns, row));
      }
    }),
};

function rowOf({ keys, values, headers, timestamps }: Columns, row: number): TextRecord {
  return {
    key: text(bytesAt(keys as BytesColumn, row)),
    value: text(bytesAt(values as BytesColumn, row)),
    headers: headersAt(headers, row).map((header) => [header.name, text(header.value)] as const),
    timestamp: timestamps[row] as number,
  };
}

async function withLog<R>({ bootstrap }: Place, use: (log: Log) => Promise<R>): Promise<R> {
  const brokers = bootstrap.split(',');
  const group = uniqueName('records');
  const log = await createKafkaLog({ brokers, clientId: 'records', group, clock: systemClock, bounded: true });
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}

/** kafkajs. It has gzip only; the other compressions are our own, plugged into it as its users plug theirs. */
export const kafkajs: RecordClient = {
  writes: onThisNode,
  setsTimestamps: true,
  async write({ bootstrap, topic, partition }, compression, records) {
    plugIn();
    const producer = foreignClient(bootstrap).producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const messages = records.map(({ key, value, headers, timestamp }) => ({
      key,
      value,
      partition,
      timestamp: `${timestamp}`,
      // It takes no null for the value of a header.
      headers: Object.fromEntries(headers.map(([name, held]) => [name, held ?? ''])),
    }));
    await producer.send({ topic, messages, compression: typeOf[compression] });
    await producer.disconnect();
  },
  async read({ bootstrap, topic, partition }) {
    plugIn();
    const records = await consumeAll(bootstrap, topic);
    return records
      .filter((record) => record.partition === partition)
      .map(({ key, value, headers, timestamp }) => ({
        key: text(key),
        value: text(value),
        headers: Object.entries(headers).map(([name, held]) => [name, text(held as Buffer | null)] as const),
        timestamp,
      }));
  },
};

const typeOf: Readonly<Record<CompressionName, CompressionTypes>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

function plugIn(): void {
  for (const name of ['snappy', 'lz4', 'zstd'] as const) {
    const own = compressions[name] as Compression;
    (CompressionCodecs as Record<number, unknown>)[typeOf[name]] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => own.compress(buffer),
      decompress: async (compressed: Buffer) => own.decompress(compressed, 1 << 24),
    });
  }
}

/** kcat, over librdkafka. Its times are those of its clock. */
export const kcatClient: RecordClient = {
  writes: all,
  setsTimestamps: false,
  async write({ bootstrap, topic, partition }, compression, records) {
    const rest = ['-P', '-t', topic, '-p', `${partition}`, '-z', compression, '-Z', '-K', '|', '-X', 'linger.ms=200'];
    // Headers are of a run: records that follow each other and have the same ones are written by one.
    for (let from = 0; from < records.length;) {
      const headers = JSON.stringify(records[from]?.headers);
      let to = from;
      while (to < records.length && JSON.stringify(records[to]?.headers) === headers) to++;
      const named = (records[from]?.headers ?? []).flatMap(([name, held]) => [
        '-H',
        held === null ? name : `${name}=${held}`,
      ]);
      const lines = records.slice(from, to).map(({ key, value }) => `${key ?? ''}|${value ?? ''}\n`);
      await kcat(bootstrap, [...rest, ...named], lines.join(''));
      from = to;
    }
  },
  async read({ bootstrap, topic, partition }) {
    const args = [
      '-C',
      '-t',
      topic,
      '-p',
      `${partition}`,
      '-o',
      'beginning',
      '-e',
      '-q',
      '-J',
      '-X',
      'check.crcs=true',
    ];
    return linesOf(await kcat(bootstrap, args)).map((line) => {
      const { key, payload, headers = [], ts } = JSON.parse(line) as KcatRecord;
      const pairs = Array.from({ length: headers.length / 2 }, (_, at) => headers.slice(2 * at, 2 * at + 2));
      return {
        key,
        value: payload,
        headers: pairs.map(([name, held]) => [name as string, held ?? null]),
        timestamp: ts,
      };
    });
  },
};

interface KcatRecord {
  readonly key: string | null;
  readonly payload: string | null;
  /** Names and values in turn. */
  readonly headers?: readonly (string | null)[];
  readonly ts: number;
}

/** Kafka's own client, in Java. */
export function javaClient(host: JavaHost): RecordClient {
  return {
    writes: all,
    setsTimestamps: true,
    async write({ bootstrap, topic, partition }, compression, records) {
      const lines = records.map((record) => JSON.stringify(record)).join('\n');
      await host.succeed('Records', ['write', bootstrap, topic, `${partition}`, compression], lines);
    },
    async read({ bootstrap, topic, partition }) {
      const output = await host.succeed('Records', ['read', bootstrap, topic, `${partition}`]);
      return linesOf(output).map((line) => JSON.parse(line) as TextRecord);
    },
  };
}
