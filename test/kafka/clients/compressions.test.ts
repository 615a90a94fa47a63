import { canWriteZstandard } from '@headrace/avro';
import { expect, it } from 'vitest';
import type { CompressionName } from '@headrace/protocol';
import { createTopic } from '../topics.ts';
import { describeBrokers } from './both-brokers.ts';
import { compressionsOnDisk } from './compressions-on-disk.ts';
import { javaHost } from './java-host.ts';
import { headrace, javaClient, kafkajs, kcatClient, type RecordClient, type TextRecord } from './record-clients.ts';

const clients: Readonly<Record<string, RecordClient>> = {
  Headrace: headrace,
  kafkajs,
  kcat: kcatClient,
  'the Java client': javaClient(javaHost()),
};
const compressions: readonly CompressionName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
/** Long enough, and alike enough, that librdkafka compresses: it leaves what would grow as it is. */
const long = 'Wasser läuft über das Wehr. '.repeat(8);
const headers = [
  ['trace', 'a=1'],
  ['ünicode', 'é'],
] as const;

/** Records from a client that may, or may not, say their times. */
const records: readonly TextRecord[] = [
  ...Array.from({ length: 8 }, (_, n) => ({ key: `k${n % 4}`, value: `${n} ${long}`, headers, timestamp: 1e12 + n })),
  { key: null, value: `no key ${long}`, headers: [], timestamp: 1e12 + 5 },
  { key: 'deleted', value: null, headers: [], timestamp: 1e12 },
  { key: null, value: null, headers: [], timestamp: 1e12 + 99 },
];

describeBrokers('What is written in every compression', (bootstrap) => {
  it.each(Object.keys(clients))('by %s is read alike by all clients', async (name) => {
    const writer = clients[name] as RecordClient;
    const topic = await createTopic(bootstrap(), 'compressions', { partitions: compressions.length });
    const before = Date.now();
    for (const [partition, compression] of compressions.entries()) {
      const place = { bootstrap: bootstrap(), topic, partition };
      if (!writer.writes.includes(compression)) {
        await expect(writer.write(place, compression, records)).rejects.toThrow();
        continue;
      }
      await writer.write(place, compression, records);
      const seen = await Promise.all(Object.values(clients).map((reader) => reader.read(place)));
      const [first = [], ...others] = seen;
      for (const other of others) expect(other).toEqual(first);
      const wanted = writer.setsTimestamps
        ? records
        : records.map((record, at) => ({ ...record, timestamp: first[at]?.timestamp }));
      expect(first).toEqual(wanted);
      if (!writer.setsTimestamps)
        for (const { timestamp } of first) expect(timestamp).toBeGreaterThanOrEqual(before - 1000);
      const used = new Set(await compressionsOnDisk(bootstrap(), topic, partition));
      expect(used.has(compression)).toBe(true);
    }
    expect(writer.writes.length).toBe(canWriteZstandard || name === 'kcat' || name === 'the Java client' ? 5 : 4);
  });
});
