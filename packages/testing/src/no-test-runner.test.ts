import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = import.meta.dirname;
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);

it('is made of files', () => {
  expect(sources).toContain('index.ts');
  expect(sources.length).toBeGreaterThan(20);
});

it.each(sources)('%s imports no test runner', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const packages = [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^'.][^']*)';/gm)].map(
    ([, name]) => name ?? '',
  );
  expect(packages.filter((name) => !/^(node:(?!test)|(?:@headrace\/(?:avro|core)|typebox)$)/.test(name))).toEqual([]);
  expect(text).not.toMatch(/\bimport\(/);
});
