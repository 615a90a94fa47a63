import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Faults on one node that `test:kafka:faults` makes: they last for minutes, or wait for what happens twice a minute. */
export const slowFaults = ['silence', 'storm', 'added-partitions'].map((name) => `test/kafka/faults/${name}.test.ts`);

export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['test/kafka/**/*.test.ts', 'test/registry/real/**/*.test.ts'],
      globalSetup: ['test/kafka/global-setup.ts'],
      teardownTimeout: 120_000,
      exclude: ['**/node_modules/**', 'test/kafka/three/**', ...slowFaults],
      fileParallelism: false,
      testTimeout: 240_000,
      hookTimeout: 240_000,
    },
  }),
);
