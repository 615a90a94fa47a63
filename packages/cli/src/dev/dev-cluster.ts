import type { EmbeddedBroker } from '@headrace/broker';
import { HeadraceError } from '@headrace/core';
import { openEmbeddedBroker } from '../open-embedded-broker.ts';
import type { DevTopic } from './messages.ts';

const defaultPort = 9092;

/** Where a topology in development reads and writes. */
export interface DevCluster {
  /** The addresses that it is led to; null where it names its own. */
  readonly brokers: readonly string[] | null;
  /** Makes topics that are not there and returns their names; a real cluster is left as it is. */
  create(topics: readonly DevTopic[]): readonly string[];
  close(): Promise<void>;
}

/**
 * Starts the embedded broker, in memory or in a directory. Without a port it takes Kafka's own, or any where that is taken. Throws
 * WRONG_ADDRESS, and what is wrong with the directory.
 */
export async function openBroker(port: number | undefined, dataDirectory: string | undefined): Promise<DevCluster> {
  const broker = openEmbeddedBroker(dataDirectory === undefined ? {} : { dataDirectory });
  await listen(broker, port);
  const made = new Set<string>();
  return {
    brokers: broker.bootstrap.split(','),
    create(topics) {
      const fresh = topics.filter(({ name }) => !made.has(name) && !broker.hasTopic(name));
      for (const { name, partitions, config } of fresh) {
        broker.createTopic(name, partitions ?? 1, config);
        made.add(name);
      }
      return fresh.map(({ name }) => name);
    },
    close: () => broker.close(),
  };
}

/** A cluster that is there: nothing is made on it. */
export function realCluster(brokers: readonly string[] | null): DevCluster {
  return { brokers, create: () => [], close: async () => {} };
}

async function listen(broker: EmbeddedBroker, port: number | undefined): Promise<void> {
  try {
    await broker.listen({ port: port ?? defaultPort });
  } catch (cause) {
    if (port === undefined && (cause as NodeJS.ErrnoException).code === 'EADDRINUSE') return broker.listen();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HeadraceError('WRONG_ADDRESS', `The broker cannot listen at port ${port ?? defaultPort}: ${why}.`, {
      cause,
    });
  }
}
