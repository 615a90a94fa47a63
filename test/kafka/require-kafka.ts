import { afterAll, describe, inject } from 'vitest';
import type {} from './global-setup.ts';
import { isEmbedded, startEmbedded } from './start-broker.ts';

const embedded = isEmbedded ? await startEmbedded() : null;

/**
 * Declares a suite that needs a broker; it is given the address of one: in `test:kafka` the Apache Kafka that the run shares, in
 * `test` an embedded broker of the file's own, for the suites that `vitest.config.ts` names.
 * Where Kafka is not available the suite is skipped: `global-setup.ts` has said why, or has failed the run on CI.
 */
export function describeKafka(name: string, suite: (bootstrap: string) => void): void {
  const bootstrap = embedded?.bootstrap ?? inject('kafkaBootstrap');
  if (bootstrap === null && process.env['CI']) throw new Error('test:kafka needs Java 17 and Maven');
  if (bootstrap === null) return void describe.skip(name, () => suite(''));
  describe(name, () => {
    afterAll(() => embedded?.stop());
    suite(bootstrap);
  });
}
