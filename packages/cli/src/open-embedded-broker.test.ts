import { afterEach, describe, expect, it } from 'vitest';
import { HeadraceError, systemClock } from '@headrace/core';
import { createKafkaLog } from '@headrace/kafka';
import { columnsOf } from '@headrace/testing';
import { openEmbeddedBroker } from './open-embedded-broker.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

describe('openEmbeddedBroker', () => {
  it.each(['none', 'gzip', 'snappy', 'lz4'] as const)(
    'finds a record by its time within a batch of %s',
    async (compression) => {
      const broker = openEmbeddedBroker({});
      broker.createTopic('orders', 1);
      const log = await createKafkaLog({
        brokers: [],
        openConnections: () =>
          broker.connections({ unavailable: (message) => new HeadraceError('KAFKA_FAILED', message) }),
        clientId: 'by-time',
        group: 'by-time',
        clock: systemClock,
      });
      cleanUp.push(
        () => broker.close(),
        () => log.close(),
      );
      const records = columnsOf(
        [10, 20, 30].map((timestamp) => ({ value: Buffer.from(`at ${timestamp}`), timestamp })),
      );
      expect(await log.append('orders', new Int32Array(3), records, { compression })).toEqual([]);
      const reader = log.reader('orders/0', { timestamp: 15 });
      const read = await reader.read({ records: 10, bytes: 1 << 20, waitMs: 1000 }, new AbortController().signal);
      expect(typeof read === 'object' && [...(read.records?.offsets ?? [])]).toEqual([1, 2]);
      await reader.close();
    },
  );
});
