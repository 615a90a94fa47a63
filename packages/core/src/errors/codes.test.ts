import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { codes } from './codes.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const page = readFileSync(`${root}docs/errors.md`, 'utf8');
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [title = '', , first = ''] = section.split('\n');
      return [title, { first, text: section.split(/^## /m)[0] as string }];
    }),
);

// Codes of other systems, which the sources mention to translate them, and words that only look like codes.
const foreign = ['EEXIST', 'ENOENT', 'LIFECYCLE'];

function usedCodes(): Map<string, string> {
  const used = new Map<string, string>();
  for (const name of ['cel', 'core', 'kafka', 'cli']) {
    const folder = `${root}packages/${name}/src/`;
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      const text = readFileSync(folder + file, 'utf8');
      for (const match of text.matchAll(
        /(?:new \w*Error\(\s*|\bcode: |\b(?:error|fault|wrong|warn)\(\s*)'([A-Z][A-Z_]{3,})'/g,
      ))
        if (!foreign.includes(match[1] as string)) used.set(match[1] as string, `${name}/src/${file}`);
    }
  }
  return used;
}

describe('the table of codes', () => {
  it('has a section of docs/errors.md for each code, with the same words', () => {
    for (const [code, { severity, summary }] of codes) {
      expect(sections.get(code)?.first.replaceAll('`', '"'), code).toBe(`_${severity}_ ${summary}`);
    }
  });

  it('has each code that docs/errors.md describes', () => {
    expect([...sections.keys()].filter((code) => !codes.has(code))).toEqual([]);
  });

  it('tells an example and how to mend it in each section', () => {
    for (const [code, { text }] of sections) expect(text, code).toMatch(/\n\nFor example: .+\n\n[A-Z].+\.\n/);
  });

  it('has each code that the sources use', () => {
    const unknown = [...usedCodes()].filter(([code]) => !codes.has(code)).map(([code, file]) => `${code} in ${file}`);
    expect(unknown).toEqual([]);
  });

  it('has each code that the topologies with mistakes get', () => {
    const folder = `${root}test/invalid/`;
    const found = readdirSync(folder)
      .filter((name) => name.endsWith('.findings.txt'))
      .flatMap((name) => [...readFileSync(folder + name, 'utf8').matchAll(/^\S+:\d+:\d+ (\w+) ([A-Z_]+) {2}/gm)])
      .map(([, severity = '', code = '']) => ({ severity, code }));
    expect(found.length).toBeGreaterThan(50);
    const ranks = ['info', 'warning', 'error'];
    for (const { severity, code } of found)
      expect(ranks.indexOf(codes.get(code)?.severity ?? ''), code).toBeGreaterThanOrEqual(ranks.indexOf(severity));
  });
});
