import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readPage } from '../docs/read-page.ts';

it('shows in the page of the embedded broker a test that runs', () => {
  const page = readFileSync(new URL('../../docs/embedded-broker.md', import.meta.url), 'utf8');
  const example = readFileSync(new URL('./guide-example.test.ts', import.meta.url), 'utf8');
  expect(readPage(page).map(({ text }) => text.trim())).toEqual([example.trim()]);
});
