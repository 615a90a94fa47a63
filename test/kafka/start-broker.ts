import { EmbeddedBroker } from '@headrace/broker';
import { inject } from 'vitest';
import { startKafka, type KafkaBroker } from './broker/kafka-broker.ts';
import type {} from './global-setup.ts';

/** A broker that may be killed and started again. */
export type OwnBroker = Pick<KafkaBroker, 'bootstrap' | 'stop' | 'kill' | 'restart'>;

/** True where the suites run on the embedded broker: nobody has started Kafka for them. */
export const isEmbedded = (inject('kafkaBootstrap') as string | null | undefined) === undefined;

/** Starts a broker of a test's own, of the kind that the suites run on. */
export async function startBroker(): Promise<OwnBroker> {
  return isEmbedded ? startEmbedded() : startKafka();
}

/** Starts an embedded broker. */
export async function startEmbedded(): Promise<OwnBroker> {
  const broker = new EmbeddedBroker();
  await broker.listen();
  return {
    bootstrap: broker.bootstrap,
    stop: () => broker.close(),
    kill: () => broker.kill(1),
    restart: () => broker.restart(1),
  };
}
