// Reads or writes a topic through the Log alone: `headrace-work.ts <consume|produce> <brokers> <topic> <records>`.
import { systemClock, type Log } from '@headrace/core';
import { createKafkaLog } from '@headrace/kafka';
import { orderColumns } from './orders.ts';

const [work, brokers = '', topic = '', count = '0'] = process.argv.slice(2);
const records = Number(count);
const partitions = 4;

async function consume(log: Log): Promise<void> {
  let seen = 0;
  const { signal } = new AbortController();
  const read = async (partition: number): Promise<void> => {
    const reader = log.reader(`${topic}/${partition}`, 'earliest');
    for (;;) {
      const result = await reader.read({ records: 4096, bytes: 1 << 20, waitMs: 500 }, signal);
      if (result === 'end') break;
      if (result !== 'idle') seen += result.records?.count ?? 0;
    }
    await reader.close();
  };
  await Promise.all(Array.from({ length: partitions }, (_, partition) => read(partition)));
  if (seen !== records) throw new Error(`${seen} of ${records} records were read`);
}

/** The same 4,096 rows again and again, one batch for each partition in turn, a few under way at once. */
async function produce(log: Log): Promise<void> {
  const rows = 4096;
  const columns = orderColumns(0, rows, systemClock.now());
  let next = 0;
  const write = async (partition: number): Promise<void> => {
    const targets = new Int32Array(rows).fill(partition);
    while (next < records) {
      const some = Math.min(rows, records - next);
      next += some;
      const part = some === rows ? columns : orderColumns(0, some, systemClock.now());
      const refusals = await log.append(topic, targets.subarray(0, some), part);
      if (refusals.length > 0) throw new Error('a record was refused');
    }
  };
  await Promise.all(Array.from({ length: 2 * partitions }, (_, lane) => write(lane % partitions)));
}

const log = await createKafkaLog({
  brokers: [brokers],
  clientId: 'bench',
  group: `bench-${topic}`,
  clock: systemClock,
  bounded: true,
});
await (work === 'consume' ? consume(log) : produce(log));
await log.close();
