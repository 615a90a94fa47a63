import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDate, formatInstant, parseDate, parseInstant } from './instant.ts';

describe('parseInstant', () => {
  it('reads what the engine reads, for every time with a zone', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9998-12-30T00:00:00Z'), noInvalidDate: true }),
        fc.integer({ min: -839, max: 839 }),
        (date, zone) => {
          const sign = zone < 0 ? '-' : '+';
          const [hours, minutes] = [Math.floor(Math.abs(zone) / 60), Math.abs(zone) % 60];
          const suffix = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
          const text = `${date.toISOString().slice(0, -1)}${suffix}`;
          expect(parseInstant(text, 3, false)).toBe(Date.parse(text));
        },
      ),
    );
  });

  it('keeps microseconds, and refuses finer digits than the type holds', () => {
    expect(parseInstant('2026-01-31T10:00:00.123456Z', 6, false)).toBe(1769853600123.456);
    expect(parseInstant('2026-01-31T10:00:00.123456Z', 3, false)).toBeUndefined();
    expect(parseInstant('2026-01-31T10:00:00.123456700Z', 6, false)).toBeUndefined();
    expect(parseInstant('2026-01-31T10:00:00.123000000Z', 3, false)).toBe(1769853600123);
  });

  it('wants a zone, or none for a local time', () => {
    expect(parseInstant('2026-01-31T10:00:00', 3, false)).toBeUndefined();
    expect(parseInstant('2026-01-31T10:00:00', 3, true)).toBe(Date.UTC(2026, 0, 31, 10));
    expect(parseInstant('2026-01-31T10:00:00Z', 3, true)).toBeUndefined();
  });

  it('refuses days and hours that do not exist', () => {
    for (const text of [
      '2026-02-30T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:60:00Z',
      '26-01-01T00:00:00Z',
      'now',
      '',
    ]) {
      expect(parseInstant(text, 3, false), text).toBeUndefined();
    }
  });
});

describe('formatInstant', () => {
  it('writes what reads back as the same value, to the microsecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), fc.boolean(), (micros, local) => {
        const ms = micros / 1000;
        expect(parseInstant(formatInstant(ms, local) as string, 6, local)).toBe(ms);
      }),
    );
  });
});

describe('formatDate', () => {
  it('writes what reads back as the same day', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_000_000 }), (day) => {
        expect(parseDate(formatDate(day * 86_400_000) as string)).toBe(day * 86_400_000);
      }),
    );
  });

  it('refuses what is no midnight', () => {
    expect(formatDate(1)).toBeUndefined();
    expect(parseDate('2026-01-31T00:00:00Z')).toBeUndefined();
  });
});
