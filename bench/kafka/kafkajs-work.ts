// The same works written on kafkajs and avsc, as their users write them:
// `kafkajs-work.ts <consume|produce|pass-through|filter-change-encode> <brokers> <topic> <to> <records>`.
import { Kafka, logLevel, Partitioners, type Message } from 'kafkajs';
import { orderColumns, orderType, resultType, type Order } from './orders.ts';

const [work = '', brokers = '', topic = '', to = '', count = '0'] = process.argv.slice(2);
const records = Number(count);
const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });

const changes: Readonly<Record<string, (messages: readonly Message[]) => Message[]>> = {
  'pass-through': (messages) => messages.map(({ key, value, timestamp }) => message(key, value, timestamp)),
  'filter-change-encode': (messages) =>
    messages.flatMap(({ key, value, timestamp }) => {
      const order = orderType.fromBuffer(value as Buffer) as Order;
      if (order.status !== 'PAID' || order.amount <= 100) return [];
      return [message(key, resultType.toBuffer({ ...order, total: order.amount * order.quantity }), timestamp)];
    }),
};

function message(key: Message['key'], value: Message['value'], timestamp: Message['timestamp']): Message {
  return { key: key ?? null, value, ...(timestamp === undefined ? {} : { timestamp }) };
}

async function consume(): Promise<void> {
  const change = changes[work];
  const consumer = kafka.consumer({ groupId: `bench-${to}`, maxWaitTimeInMs: 100 });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await consumer.connect();
  if (change !== undefined) await producer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  let done = (): void => {};
  const finished = new Promise<void>((resolve) => (done = resolve));
  await consumer.run({
    autoCommitInterval: 1000,
    partitionsConsumedConcurrently: 4,
    eachBatch: async ({ batch }) => {
      const messages = change?.(batch.messages) ?? [];
      if (messages.length > 0) await producer.send({ topic: to, acks: -1, messages });
      seen += batch.messages.length;
      if (seen === records) done();
    },
  });
  await finished;
  await consumer.disconnect();
  if (change !== undefined) await producer.disconnect();
}

async function produce(): Promise<void> {
  const rows = 4096;
  const columns = orderColumns(0, rows, Date.now());
  const { keys, values } = columns;
  if (keys.kind !== 'bytes' || values.kind !== 'bytes') throw new Error('orders are bytes');
  const cut = ({ buffer, starts, ends }: typeof keys, row: number): Buffer =>
    Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength).subarray(starts[row], ends[row]);
  const messages = Array.from({ length: rows }, (_, row) => ({ key: cut(keys, row), value: cut(values, row) }));
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < records) {
      const some = Math.min(rows, records - next);
      next += some;
      await producer.send({ topic, acks: -1, messages: messages.slice(0, some) });
    }
  };
  await Promise.all(Array.from({ length: 4 }, write));
  await producer.disconnect();
}

await (work === 'produce' ? produce() : consume());
