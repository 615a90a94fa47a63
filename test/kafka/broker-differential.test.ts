import { afterAll, beforeAll, expect, it } from 'vitest';
import { EmbeddedBroker } from '@headrace/broker';
import { play } from '../broker/differential.ts';
import { describeKafka } from './require-kafka.ts';

const first = Number(process.env['HEADRACE_SEED'] ?? 20_261_128);
const seeds = Array.from({ length: Number(process.env['BROKER_SEEDS'] ?? 3) }, (_, index) => first + index);

describeKafka('Requests of chance', (bootstrap) => {
  const broker = new EmbeddedBroker();
  beforeAll(() => broker.listen());
  afterAll(() => broker.close());

  it.each(seeds)('get the same answers from the embedded broker and from Apache Kafka (seed %d)', async (seed) => {
    const embedded = await play(broker, seed, 200);
    expect(embedded).toEqual(await play({ bootstrap }, seed, 200));
  });
});
