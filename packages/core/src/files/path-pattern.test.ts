import { describe, expect, it } from 'vitest';
import { fitsPattern } from './path-pattern.ts';

describe('patterns of paths', () => {
  it.each([
    ['in/a.ndjson', 'in/a.ndjson'],
    ['in/*.ndjson', 'in/a.ndjson'],
    ['in/?.nd*', 'in/a.ndjson'],
    ['in/**/*.ndjson', 'in/a.ndjson'],
    ['in/**/*.ndjson', 'in/b/c/a.ndjson'],
    ['in/.*', 'in/.hidden'],
    ['a+(b)/*', 'a+(b)/c'],
  ])('%s stands for %s', (pattern, path) => expect(fitsPattern(pattern, path)).toBe(true));

  it.each([
    ['in/a.ndjson', 'in/b.ndjson'],
    ['in/*.ndjson', 'in/b/a.ndjson'],
    ['in/*.ndjson', 'out/a.ndjson'],
    ['in/?.ndjson', 'in/ab.ndjson'],
    ['in/*', 'in/.hidden'],
    ['in/**/*', 'in/.hidden/a'],
    ['in/*.nd', 'in/a_nd'],
    ['in/**/*', 'in'],
  ])('%s does not stand for %s', (pattern, path) => expect(fitsPattern(pattern, path)).toBe(false));
});
