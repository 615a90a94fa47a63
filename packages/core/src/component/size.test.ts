import { describe, expect, it } from 'vitest';
import { parseSize } from './size.ts';

describe('parseSize', () => {
  it.each([
    ['0B', 0],
    ['64kB', 64_000],
    ['64KiB', 65_536],
    ['1.5MiB', 1_572_864],
    ['2GB', 2_000_000_000],
  ])('reads %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '64', '64 kB', '64KB', '64k', '-1B', 'MiB', '99999999TiB', '1e3B'])('refuses "%s"', (text) => {
    expect(parseSize(text)).toBeNull();
  });
});
