import { expect, it } from 'vitest';
import { parseResetTarget } from './reset-target.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

it.each([
  ['earliest', 'earliest'],
  ['latest', 'latest'],
  ['start', 'start'],
  ['2026-03-01T10:00:00Z', { timestamp: now - 7_200_000 }],
  ['2026-03-01T11:00:00+01:00', { timestamp: now - 7_200_000 }],
  ['-2h', { timestamp: now - 7_200_000 }],
  ['-1h30m', { timestamp: now - 5_400_000 }],
])('takes "%s" for a place', (text, place) => {
  expect(parseResetTarget(text, now)).toEqual(place);
});

it.each(['yesterday', '', '2026-03-01', '2026-03-01T10:00:00', '17', '-17', '2h'])('refuses "%s"', (text) => {
  expect(() => parseResetTarget(text, now)).toThrow(expect.objectContaining({ code: 'WRONG_RESET' }));
});
