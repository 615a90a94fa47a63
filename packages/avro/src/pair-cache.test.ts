import { expect, it } from 'vitest';
import { createResolvingCodec } from './codec.ts';
import { PairCache } from './pair-cache.ts';
import type { Schema } from './schema.ts';

const schema = (): Schema => ({ kind: 'int' });

it('makes what belongs to a pair once', () => {
  const cache = new PairCache<object>();
  const [a, b] = [schema(), schema()];
  const first = cache.get(a, b, () => ({}));
  expect(cache.get(a, b, () => ({}))).toBe(first);
  expect(cache.get(b, a, () => ({}))).not.toBe(first);
});

it('forgets the pairs that were not asked for longest', () => {
  const cache = new PairCache<number>();
  const reader = schema();
  const kept = schema();
  const early = schema();
  cache.get(early, reader, () => 1);
  cache.get(kept, reader, () => 1);
  for (let index = 0; index < 600; index++) {
    cache.get(schema(), reader, () => 1);
    cache.get(kept, reader, () => 2);
  }
  expect(cache.size).toBe(512);
  expect(cache.get(kept, reader, () => 3)).toBe(1);
  expect(cache.get(early, reader, () => 4)).toBe(4);
});

it('gives the same decoder for the same pair', () => {
  const [writer, reader]: Schema[] = [{ kind: 'int' }, { kind: 'long' }];
  const decoder = createResolvingCodec(writer as Schema, reader as Schema);
  expect(createResolvingCodec(writer as Schema, reader as Schema)).toBe(decoder);
  expect(createResolvingCodec(writer as Schema, reader as Schema, { long: 'bigint' })).not.toBe(decoder);
});
