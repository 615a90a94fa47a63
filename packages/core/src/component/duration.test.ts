import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['0s', 0],
    ['1.5s', 1500],
    ['1m500ms', 60_500],
    ['PT1H30M', 5_400_000],
    ['P2DT0.25S', 172_800_250],
    ['P1W', 604_800_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '10',
    '10 s',
    's',
    '-1s',
    '30m1h',
    '5m5m',
    '1y',
    '10S',
    'P',
    'PT',
    'P1DT',
    'P1M',
    '9'.repeat(40) + 'd',
    '1e3s',
  ])('refuses "%s"', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
