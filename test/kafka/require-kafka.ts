import { describe, inject } from 'vitest';
import type {} from './global-setup.ts';

/**
 * Declares a suite that needs real Kafka; it is given the address of the one that the run shares.
 * Where Kafka is not available the suite is skipped: `global-setup.ts` has said why, or has failed the run on CI.
 */
export function describeKafka(name: string, suite: (bootstrap: string) => void): void {
  const bootstrap = inject('kafkaBootstrap') as string | null | undefined;
  if (bootstrap === undefined)
    throw new Error('This suite runs under vitest.kafka.config.ts, whose globalSetup starts Kafka.');
  if (bootstrap === null && process.env['CI']) throw new Error('test:kafka needs Java 17 and Maven');
  if (bootstrap === null) describe.skip(name, () => suite(''));
  else describe(name, () => suite(bootstrap));
}
