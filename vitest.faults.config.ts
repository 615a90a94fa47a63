import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

// Each file starts clusters of its own: what happens to them is the test.
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['test/kafka/three/**/*.test.ts'],
      teardownTimeout: 120_000,
      exclude: ['**/node_modules/**'],
      fileParallelism: false,
      testTimeout: 600_000,
      hookTimeout: 600_000,
    },
  }),
);
