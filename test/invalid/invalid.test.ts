import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtInComponents, checkTopology, createRegistry, formatFinding } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { describe, expect, it } from 'vitest';

// Each `x.json` is a topology with mistakes; `x.findings.txt` is what is said about it. `x.run.json` is checked as for running.
// HEADRACE_UPDATE=1 writes the findings anew: read the difference before it is committed.
const folder = fileURLToPath(new URL('.', import.meta.url));
const cases = readdirSync(folder).filter((name) => name.endsWith('.json'));
const registry = createRegistry([...builtInComponents, ...kafkaComponents]);

function findingsOf(file: string): string {
  const { graph, findings } = checkTopology(
    { text: readFileSync(`${folder}${file}`, 'utf8'), file },
    {
      registry,
      env: {},
      set: {},
      purpose: file.endsWith('.run.json') ? 'run' : 'validate',
      readFile: (path) => readFileSync(`${folder}${path}`, 'utf8'),
    },
  );
  expect(graph === null).toBe(findings.some(({ severity }) => severity === 'error'));
  return `${findings.map(formatFinding).join('\n')}\n`;
}

describe('topologies with mistakes', () => {
  it.each(cases)('%s gets exactly the findings beside it', (file) => {
    const expected = `${folder}${file.replace(/\.json$/, '.findings.txt')}`;
    const found = findingsOf(file);
    if (process.env.HEADRACE_UPDATE === '1') writeFileSync(expected, found);
    expect(found).toBe(readFileSync(expected, 'utf8'));
  });
});
