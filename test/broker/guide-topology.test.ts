import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EmbeddedBroker } from '@headrace/broker';
import { builtInComponents, bytesAt, checkTopology, createRegistry, HeadraceError } from '@headrace/core';
import { planTopology, startTopology, systemClock } from '@headrace/core';
import { createKafkaLog } from '@headrace/kafka';
import { kafkaComponents } from '@headrace/kafka/components';
import { produceApi } from '@headrace/protocol';
import { columnsOf } from '@headrace/testing';
import { expect, it, vi } from 'vitest';

const topology = JSON.stringify({
  headrace: 1,
  name: 'shout',
  clusters: { main: { brokers: ['embedded:9092'] } },
  sources: { words: { type: 'kafka', topic: 'words', value: 'string', start: 'earliest' } },
  operators: { long: { type: 'filter', input: 'words', where: 'size(value) > 3' } },
  sinks: { out: { type: 'kafka', input: 'long', topic: 'long-words', value: 'string' } },
});

it('loses no word although answers are lost and a node of the cluster is killed', async () => {
  const broker = new EmbeddedBroker({ nodes: 3 });
  broker.createTopic('words', 1);
  broker.createTopic('long-words', 1);
  broker.faults.onResponse(produceApi, ({ nth }) => (nth % 2 === 0 ? { do: 'cut' } : undefined));
  const unavailable = (message: string) => new HeadraceError('KAFKA_UNAVAILABLE', message, { retryable: true });
  const openConnections = () => broker.connections({ unavailable });
  const openLog = () =>
    createKafkaLog({ brokers: [], openConnections, clientId: 'shout', group: 'shout', clock: systemClock });

  const registry = createRegistry([...builtInComponents, ...kafkaComponents]);
  const readFile = (name: string) => readFileSync(name, 'utf8');
  const { graph, findings } = checkTopology(
    { file: 'shout.json', text: topology },
    { registry, readFile, env: {}, set: {}, purpose: 'run' },
  );
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (graph === null) throw new Error('There is no topology.');
  const stateDirectory = mkdtempSync(path.join(os.tmpdir(), 'shout-'));
  const running = startTopology({ plan: planTopology(graph), registry, clock: systemClock, stateDirectory, openLog });

  const client = await openLog();
  const send = (word: string) =>
    client.append('words', new Int32Array(1), columnsOf([{ value: Buffer.from(word) }]), {});
  for (const word of ['a', 'tree', 'of', 'words']) await send(word);
  await broker.kill(1);
  for (const word of ['and', 'leaves']) await send(word);
  const reader = client.reader('long-words/0', 'earliest');
  const seen: (string | null)[] = [];
  await vi.waitUntil(
    async () => {
      const read = await reader.read({ records: 100, bytes: 1e6, waitMs: 100 }, AbortSignal.timeout(60_000));
      if (typeof read === 'object' && read.records?.values.kind === 'bytes')
        for (let row = 0; row < read.records.count; row++)
          seen.push(Buffer.from(bytesAt(read.records.values, row) ?? []).toString());
      return new Set(seen).size >= 3;
    },
    { timeout: 60_000 },
  );
  await running.drain();
  expect(await running.finished).toMatchObject({ clean: true });
  await client.close();
  await broker.close();
  expect(new Set(seen)).toEqual(new Set(['tree', 'words', 'leaves']));
});
