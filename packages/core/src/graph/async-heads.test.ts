import { describe, expect, it } from 'vitest';
import { headsAfter, joinHeads, overtakes, type AsyncHeads } from './async-heads.ts';

const of = (...sources: string[]): AsyncHeads => new Map(sources.map((source) => [source, new Set([source])]));

describe('the ways into a merge', () => {
  it('overtake each other where an asynchronous node is on one of them, or a different one on each', () => {
    const slow = headsAfter('slow', true, of('a'));
    const other = headsAfter('other', true, of('a'));
    expect(overtakes(joinHeads([of('a'), slow]))).toBe(true);
    expect(overtakes(joinHeads([slow, other]))).toBe(true);
    expect(overtakes(joinHeads([slow, headsAfter('paid', false, slow)]))).toBe(false);
  });

  it('do not where they have nothing in common, or where all records go on through one asynchronous node', () => {
    const slow = headsAfter('slow', true, of('a'));
    expect(overtakes(joinHeads([of('b'), slow]))).toBe(false);
    expect(overtakes(joinHeads([of('a', 'b'), of('a')]))).toBe(false);
    expect(overtakes(headsAfter('last', true, joinHeads([of('a'), slow])))).toBe(false);
  });
});
