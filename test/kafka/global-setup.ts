import type { TestProject } from 'vitest/node';
import { kafkaAvailable, startKafka } from './broker/kafka-broker.ts';

declare module 'vitest' {
  /** What the set-up hands to the suites. */
  interface ProvidedContext {
    /** The address of the run's Kafka, or null when there is none. */
    kafkaBootstrap: string | null;
  }
}

/** Starts one Kafka for the whole run. Without Java or Maven the suites are skipped, except on CI, where that is a failure. */
export default async function setUp({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const availability = kafkaAvailable();
  if (!availability.available) {
    if (process.env['CI']) throw new Error(`test:kafka needs Java 17 and Maven (${availability.reason})`);
    console.warn(`skipped: test:kafka needs Java 17 and Maven (${availability.reason})`);
    provide('kafkaBootstrap', null);
    return undefined;
  }
  const broker = await startKafka();
  provide('kafkaBootstrap', broker.bootstrap);
  return () => broker.stop();
}
