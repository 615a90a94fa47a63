// The peer of bench/q1-over-kafka.ts: Nexmark q1 written by hand on kafkajs and avsc, as their users write it.
import { readFileSync } from 'node:fs';
import avsc from 'avsc';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

const [bootstrap, group, from, to] = process.argv.slice(2) as [string, string, string, string];
const schema = (name: string): avsc.Type =>
  avsc.Type.forSchema(
    JSON.parse(
      readFileSync(new URL(`../topologies/nexmark/schemas/${name}.avsc`, import.meta.url), 'utf8'),
    ) as avsc.Schema,
  );
const bid = schema('bid');
const q1 = schema('q1');
interface Bid {
  auction: number;
  bidder: number;
  price: number;
  dateTime: number;
  extra: string;
}

const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 100 });
await producer.connect();
await consumer.connect();
await consumer.subscribe({ topic: from, fromBeginning: true });
await consumer.run({
  autoCommitInterval: 1000,
  partitionsConsumedConcurrently: 4,
  eachBatch: async ({ batch }) => {
    const messages = batch.messages.map(({ key, value, timestamp }) => {
      const { auction, bidder, price, dateTime, extra } = bid.fromBuffer(value as Buffer) as Bid;
      return { key, timestamp, value: q1.toBuffer({ auction, bidder, price: 0.908 * price, dateTime, extra }) };
    });
    await producer.send({ topic: to, acks: -1, messages });
  },
});
process.on('SIGTERM', () => {
  void consumer
    .disconnect()
    .then(() => producer.disconnect())
    .then(() => process.exit(0));
});
