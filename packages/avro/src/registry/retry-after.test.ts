import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

it.each([
  [{}, null],
  [{ 'retry-after': '3' }, 3_000],
  [{ 'retry-after': ' 0 ' }, 0],
  [{ 'retry-after': '-1' }, null],
  [{ 'retry-after': '99999999999' }, null],
  [{ 'retry-after': 'soon' }, null],
  [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT', date: 'Wed, 21 Oct 2015 07:28:00 GMT' }, 30_000],
  [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT', date: 'Wed, 21 Oct 2015 07:28:30 GMT' }, 0],
  [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT' }, null],
])('%j asks to wait %s ms', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers as Record<string, string>))).toBe(expected);
});
