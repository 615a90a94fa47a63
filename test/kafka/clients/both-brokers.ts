import { afterAll, beforeAll, describe } from 'vitest';
import { EmbeddedBroker } from '@headrace/broker';
import { describeKafka } from '../require-kafka.ts';

/** Declares a suite that runs with the same assertions on Apache Kafka and on three nodes of the embedded broker. */
export function describeBrokers(name: string, suite: (bootstrap: () => string) => void): void {
  describeKafka(`${name} on Apache Kafka`, (bootstrap) => suite(() => bootstrap));
  describe(`${name} on the embedded broker`, () => {
    const broker = new EmbeddedBroker({ nodes: 3 });
    beforeAll(() => broker.listen());
    afterAll(() => broker.close());
    suite(() => broker.bootstrap);
  });
}
