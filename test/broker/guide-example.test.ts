import { EmbeddedBroker } from '@headrace/broker';
import { produceApi } from '@headrace/protocol';
import { Kafka } from 'kafkajs';
import { expect, it } from 'vitest';

it('writes a record once although the answer to it is lost', async () => {
  const broker = new EmbeddedBroker({ nodes: 3 });
  await broker.listen();
  broker.createTopic('orders', 3);
  // The first record is written; the connection ends before the producer hears of it.
  broker.faults.onResponse(produceApi, ({ nth }) => (nth === 1 ? { do: 'cut' } : undefined));

  const kafka = new Kafka({ brokers: broker.bootstrap.split(','), logLevel: 0, retry: { initialRetryTime: 10 } });
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ value: 'a', partition: 1 }] });
  await producer.disconnect();

  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets('orders');
  await admin.disconnect();
  await broker.close();
  expect(offsets.find(({ partition }) => partition === 1)?.high).toBe('1');
});
