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

it('tells a case that gives something else, and one whose operation is not built', async () => {
  const recorded = JSON.parse(readFileSync(`${folder}filter-basic.json`, 'utf8')) as StreamsCase;
  expect(await runStreamsCase({ ...recorded, outputs: recorded.outputs.slice(1) })).toMatchObject({ kind: 'differs' });
  const later = recorded.outputs.map((output, i) =>
    i === 0 ? { ...output, timestamp: (output.timestamp ?? 0) + 1 } : output,
  );
  expect(await runStreamsCase({ ...recorded, outputs: later })).toMatchObject({ kind: 'differs' });
  const operation = 'window-tumbling';
  expect(await runStreamsCase({ ...recorded, operation })).toEqual({ kind: 'not built', operation });
});

it.each(cases)('%s gives what Kafka Streams gave', async (file) => {
  const recorded = JSON.parse(readFileSync(folder + file, 'utf8')) as StreamsCase;
  expect(await runStreamsCase(recorded)).toEqual({ kind: 'passed' });
});
