import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readPage } from '../docs/read-page.ts';

it('shows in the page of the embedded broker tests that run', () => {
  const page = readFileSync(new URL('../../docs/embedded-broker.md', import.meta.url), 'utf8');
  const examples = ['guide-example', 'guide-topology'].map((name) =>
    readFileSync(new URL(`./${name}.test.ts`, import.meta.url), 'utf8').trim(),
  );
  expect(readPage(page).map(({ text }) => text.trim())).toEqual(examples);
});
