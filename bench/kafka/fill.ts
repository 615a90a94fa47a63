import { systemClock } from '@headrace/core';
import { createKafkaLog } from '@headrace/kafka';
import { createTopics } from '../../test/kafka/topics.ts';
import { orderColumns } from './orders.ts';

const rows = 4096;

/** Makes a topic and writes so many orders of 100 bytes to its partitions, in runs of 1,024. */
export async function fill(bootstrap: string, topic: string, records: number, partitions: number): Promise<void> {
  await createTopics(bootstrap, { [topic]: { partitions } });
  const writer = await createKafkaLog({
    brokers: [bootstrap],
    clientId: 'bench-fill',
    group: 'bench-fill',
    clock: systemClock,
  });
  for (let from = 0; from < records; from += rows) {
    const count = Math.min(rows, records - from);
    const targets = Int32Array.from({ length: count }, (_, row) => ((from + row) >> 10) % partitions);
    await writer.append(topic, targets, orderColumns(from, count, systemClock.now()));
  }
  await writer.close();
}
