import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runStreamsCase } from './run-streams-case.ts';
import type { StreamsCase } from './streams-case.ts';

const folder = fileURLToPath(new URL('../golden/streams/', import.meta.url));
const cases = readdirSync(folder).filter((name) => name.endsWith('.json'));

it('has cases', () => {
  expect(cases.length).toBeGreaterThanOrEqual(14);
});

it.each(cases)('%s gives what Kafka Streams gave', async (file) => {
  const recorded = JSON.parse(readFileSync(folder + file, 'utf8')) as StreamsCase;
  expect(await runStreamsCase(recorded)).toEqual({ kind: 'passed' });
});
