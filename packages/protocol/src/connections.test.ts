import { expect, it } from 'vitest';
import { commonVersion } from './connections.ts';
import { fetchApi } from './messages/fetch.ts';

it('chooses the greatest version that both sides speak', () => {
  expect(commonVersion(fetchApi, { minVersion: 0, maxVersion: 11 })).toBe(11);
  expect(commonVersion(fetchApi, { minVersion: 6, maxVersion: 30 })).toBe(18);
  expect(commonVersion(fetchApi, { minVersion: 0, maxVersion: 3 })).toBeNull();
});
