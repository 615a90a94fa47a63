import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandListings, withListings } from '../../packages/cli/src/command-listing.ts';
import { exitCodes } from '../../packages/cli/src/exit-codes.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/command-line.md', import.meta.url)), 'utf8');

describe('the page of the command', () => {
  it('lists the options that the program declares: after a change `pnpm generate` writes it anew', () => {
    expect(page).toBe(withListings(page));
  });

  it('lists every verb once', () => {
    const listed = [...page.matchAll(/<!-- options of headrace (.+?) -->/g)].map(([, verb]) => verb);
    expect(new Set(listed)).toEqual(new Set(commandListings().keys()));
    expect(listed).toHaveLength(commandListings().size);
  });

  it('lists the exit codes', () => {
    const listed = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
    expect(listed).toEqual(Object.values(exitCodes));
  });

  it('finds an option that the page does not have', () => {
    const other = page.replace('- `--dry-run`', '- `--dry`');
    expect(other).not.toBe(page);
    expect(withListings(other)).toBe(page);
  });
});
