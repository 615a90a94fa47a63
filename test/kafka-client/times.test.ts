import { EmbeddedBroker } from '@headrace/broker';
import { bytesColumn, nullColumn, systemClock } from '@headrace/core';
import { createKafkaLog } from '@headrace/kafka';
import { expect, it } from 'vitest';

it('refuses a record alone whose time no batch can hold, as nanoseconds are, and keeps back what follows of its key', async () => {
  const broker = new EmbeddedBroker();
  await broker.listen();
  broker.createTopic('t', 1);
  const log = await createKafkaLog({ brokers: [broker.bootstrap], clientId: 'test', group: 'g', clock: systemClock });
  const times = [-1, 1.7e18, 7, NaN, -5000];
  const refusals = await log.append('t', new Int32Array(times.length), {
    count: times.length,
    offsets: new Float64Array(times.length),
    timestamps: Float64Array.from(times),
    keys: bytesColumn(['a', 'b', 'b', 'c', 'a'].map((key) => Buffer.from(key))),
    values: nullColumn(times.length),
    headers: nullColumn(times.length),
  });
  const read = await log
    .reader('t/0', 'earliest')
    .read({ records: 9, bytes: 999, waitMs: 5000 }, AbortSignal.timeout(9000));
  await log.close();
  await broker.close();
  expect(refusals).toMatchObject([
    { row: 1, code: 'INVALID_TIMESTAMP', message: expect.stringContaining('1700000000000000000') as string },
    { row: 2, retryAfterMs: 0 },
    { row: 3, code: 'INVALID_TIMESTAMP' },
  ]);
  expect(typeof read === 'object' && [...(read.records?.timestamps ?? [])]).toEqual([-1, -5000]);
});
