import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';
import { slowFaults } from './vitest.kafka.config.ts';

// What takes minutes: clusters of three nodes, which the tests start themselves, and the slower half of one node.
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['test/kafka/three/**/*.test.ts', ...slowFaults],
      globalSetup: ['test/kafka/global-setup.ts'],
      teardownTimeout: 120_000,
      exclude: ['**/node_modules/**'],
      fileParallelism: false,
      testTimeout: 600_000,
      hookTimeout: 600_000,
    },
  }),
);
