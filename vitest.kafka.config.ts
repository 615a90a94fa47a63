import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['test/kafka/**/*.test.ts', 'test/registry/real/**/*.test.ts'],
      globalSetup: ['test/kafka/global-setup.ts'],
      teardownTimeout: 120_000,
      exclude: ['**/node_modules/**'],
      fileParallelism: false,
      testTimeout: 240_000,
      hookTimeout: 240_000,
    },
  }),
);
