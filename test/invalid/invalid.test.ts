import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtInComponents, checkTopology, createRegistry, formatFinding } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { describe, expect, it } from 'vitest';
import { codes } from '../../packages/core/src/errors/codes.ts';
import { foreignComponents } from './foreign-components.ts';

// Each `x.json` is a topology with mistakes; `x.findings.txt` is what is said about it. `x.run.json` is checked as for running.
// HEADRACE_UPDATE=1 writes the findings anew: read the difference before it is committed.
const folder = fileURLToPath(new URL('.', import.meta.url));
const cases = readdirSync(folder).filter((name) => name.endsWith('.json'));
const components = [...builtInComponents, ...kafkaComponents];

// What is too large to lie here is made when it is needed.
const made: Readonly<Record<string, () => string>> = {
  'too-large.json': () => `{ "headrace": 1, "name": "${'x'.repeat(4 * 1024 * 1024)}" }`,
};

function findingsOf(file: string): string {
  const { graph, findings } = checkTopology(
    { text: made[file]?.() ?? readFileSync(`${folder}${file}`, 'utf8'), file },
    {
      registry: createRegistry(file === 'foreign.json' ? [...components, ...foreignComponents] : components),
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
  it.each([...cases, ...Object.keys(made)])('%s gets exactly the findings beside it', (file) => {
    const expected = `${folder}${file.replace(/\.json$/, '.findings.txt')}`;
    const found = findingsOf(file);
    if (process.env.HEADRACE_UPDATE === '1') writeFileSync(expected, found);
    expect(found).toBe(readFileSync(expected, 'utf8'));
  });
});

describe('the codes that a check gives', () => {
  const found = new Set(
    readdirSync(folder)
      .filter((name) => name.endsWith('.findings.txt'))
      .flatMap((name) => [...readFileSync(folder + name, 'utf8').matchAll(/^\S+:\d+:\d+ \w+ ([A-Z_]+) {2}/gm)])
      .map(([, code = '']) => code),
  );
  const checked = [...codes].filter(([, { checked: isChecked }]) => isChecked).map(([code]) => code);

  it('have each a topology here', () => {
    expect(checked.filter((code) => !found.has(code))).toEqual([]);
  });

  it('are all that topologies here get', () => {
    expect([...found].filter((code) => !checked.includes(code))).toEqual([]);
  });

  it('include each complaint that users have made of other tools, by its number', () => {
    const asked = cases.filter((name) => name.startsWith('asked-'));
    expect(asked).toEqual(['asked-1.json', 'asked-2.json', 'asked-3.json', 'asked-4.json']);
  });
});
