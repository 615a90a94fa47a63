import { defineConfig } from 'vitest/config';

const conditions = ['@headrace/source', 'node', 'import', 'default'];

/** Suites of the data plane that run on the embedded broker here, and on Apache Kafka in `test:kafka`. */
const onBothBrokers = ['log', 'log-reading', 'fetcher', 'producer', 'group', 'group-faults', 'admin'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'topologies/**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      `test/kafka/!(${onBothBrokers.join('|')}).test.ts`,
      'test/kafka/*/**/*.test.ts',
      'test/registry/real/**',
      'test/package/**',
    ],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Vitest leaves one processor free, which is half of two.
    maxWorkers: '100%',
  },
});
