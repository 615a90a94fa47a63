import { describe, expect, it } from 'vitest';
import { thrownAt } from './thrown-at.ts';

const file = '/home/me/my (own) topologies/topology.ts';

function withStack(message: string, stack: string): Error {
  return Object.assign(new Error(message), { stack });
}

describe('where something was thrown', () => {
  it('is the first frame in the file', () => {
    const plain = '/home/me/t.ts';
    const stack = `TypeError: x\n    at source (/lib/define.ts:74:43)\n    at <anonymous> (${plain}:4:13)\n    at ${plain}:9:1`;
    expect(thrownAt(withStack('x', stack), plain)).toEqual({ line: 4, column: 13 });
  });

  it('is found in frames without a name, and in addresses', () => {
    expect(thrownAt(withStack('x', 'Error: x\n    at /home/me/t.ts:9:2'), '/home/me/t.ts')).toEqual({
      line: 9,
      column: 2,
    });
    expect(thrownAt(withStack('x', 'Error: x\n    at file:///home/me/a%20b.ts?v=1:3:5'), '/home/me/a b.ts')).toEqual({
      line: 3,
      column: 5,
    });
  });

  it('is where a parser says that it stopped', () => {
    expect(thrownAt(withStack('Expected }\n   ,-[/home/me/t.ts:2:1]\n', ''), '/home/me/t.ts')).toEqual({
      line: 2,
      column: 1,
    });
  });

  it('is nothing where the trace does not go through the file, or there is none', () => {
    expect(thrownAt(withStack('x', 'Error: x\n    at /home/me/other.ts:9:2'), '/home/me/t.ts')).toBe(null);
    for (const thrown of [null, undefined, 'x', { stack: 'at /home/me/t.ts:9:2' }])
      expect(thrownAt(thrown, '/home/me/t.ts')).toBe(null);
  });

  it('is found in folders with parentheses', () => {
    expect(thrownAt(withStack('x', `Error: x\n    at <anonymous> (${file}:4:13)`), file)).toEqual({
      line: 4,
      column: 13,
    });
  });
});
