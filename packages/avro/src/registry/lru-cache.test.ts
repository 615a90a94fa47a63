import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LruCache } from './lru-cache.ts';

it('a cache holds what was used last', () => {
  const step = fc.record({ key: fc.nat(6), kind: fc.constantFrom('get', 'set', 'delete') });
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1, max: 4 }), (steps, max) => {
      const cache = new LruCache<number, number>(max);
      // The model: pairs, the latest used first.
      let model: [number, number][] = [];
      for (const [value, { key, kind }] of steps.entries()) {
        const before = model.find(([known]) => known === key);
        const others = model.filter(([known]) => known !== key);
        if (kind === 'get') {
          expect(cache.get(key)).toBe(before?.[1]);
          model = before === undefined ? others : [before, ...others];
        } else if (kind === 'set') {
          cache.set(key, value);
          model = [[key, value] as [number, number], ...others].slice(0, max);
        } else {
          cache.delete(key);
          model = others;
        }
        expect(cache.size).toBe(model.length);
      }
    }),
  );
});
