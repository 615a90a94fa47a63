import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timePattern } from './time-pattern.ts';
import { UTC, zoneOf } from './time-zone.ts';

const instant = Date.UTC(2026, 0, 31, 9, 5, 7, 123) + 0.456;
const berlin = zoneOf('Europe/Berlin');

describe('timePattern', () => {
  it.each([
    ["yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", '2026-01-31T10:05:07.123456+01:00'],
    ['dd/MMM/yyyy:HH:mm:ss Z', '31/Jan/2026:10:05:07 +0100'],
    ['EEE, d MMMM yy h:m:s a', 'Sat, 31 January 26 10:5:7 AM'],
    ['EEEE D DDD', 'Saturday 31 031'],
    ["'it''s' ''yyyy''", "it's '2026'"],
    ['yyyyMMdd.SSS (X)', '20260131.123 (+01)'],
    ['yyyy🙂MM', '2026🙂01'],
  ])('writes %s', (pattern, text) => {
    expect(timePattern(pattern).format(instant, berlin)).toBe(text);
  });

  it.each<[string, string, string]>([
    ['yyyy-MM-dd', '2026-02-28', '2026-02-28T00:00:00.000Z'],
    ['dd.MM.yyyy HH:mm', '31.12.1999 23:59', '1999-12-31T23:59:00.000Z'],
    ['MMM d, yyyy h:mm a', 'jan 2, 2026 12:05 am', '2026-01-02T00:05:00.000Z'],
    ['yyyyDDD', '2024366', '2024-12-31T00:00:00.000Z'],
    ["yyyy-MM-dd'T'HH:mm:ssX", '2026-01-31T10:00:00Z', '2026-01-31T10:00:00.000Z'],
    ["yyyy-MM-dd'T'HH:mm:ssX", '2026-01-31T10:00:00-0330', '2026-01-31T13:30:00.000Z'],
    ['yy-M-d H:m:s.SSS', '26-1-2 3:4:5.678', '2026-01-02T03:04:05.678Z'],
    ['EEE d.M.y', 'Fri 1.2.26', '0026-02-01T00:00:00.000Z'],
  ])('reads %s from %s', (pattern, text, iso) => {
    expect(new Date(timePattern(pattern).parse(text, UTC)).toISOString()).toBe(iso);
  });

  it('reads local times of a zone', () => {
    expect(timePattern('yyyy-MM-dd HH:mm').parse('2026-07-01 12:00', berlin)).toBe(Date.UTC(2026, 6, 1, 10));
  });

  it.each([
    ['yyyy-MM-dd', '2026-02-29'], ['yyyy-MM-dd', '2026-2-28'], ['yyyy-MM-dd', '2026-02-28 '], ['yyyy-MM-dd', 'x2026-02-28'],
    ['yyyy h', '2026 13'], ['yyyy H', '2026 24'], ['yyyyDDD', '2025366'], ['yyyy X', '2026 +25'], ['yyyy MMM', '2026 Foo'],
    ['yMyMyMyMyMyM', '1'.repeat(500)],
  ])('does not read %s from %s', (pattern, text) => {
    expect(() => timePattern(pattern).parse(text, UTC)).toThrow(expect.objectContaining({ code: 'CONVERSION_FAILED' }));
  }); // prettier-ignore

  it.each(["yyyy'", 'YYYY', 'yyyyT', 'yyyyyy', 'MMMMM', 'SSSSSSSSSS', 'y'.repeat(300), 'XXXX'])(
    'refuses %s',
    (pattern) => {
      expect(() => timePattern(pattern)).toThrow(expect.objectContaining({ code: 'INVALID_FORMAT' }));
    },
  );

  it('refuses to read a time without a year', () => {
    expect(() => timePattern('MM-dd').parse('01-02', UTC)).toThrow(expect.objectContaining({ code: 'INVALID_FORMAT' }));
  });

  it('reads back what it writes, to the microsecond', () => {
    const pattern = timePattern('yyyy-MM-dd HH:mm:ss.SSSSSS xxx');
    const names = Intl.supportedValuesOf('timeZone').filter((name) => !/Monrovia|Dublin|Amsterdam/.test(name));
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
        fc.integer({ min: 0, max: 999 }),
        (name, ms, micros) => {
          const zone = zoneOf(name);
          // An offset in text has whole minutes; in 1970 a few zones had not.
          fc.pre(zone.offsetAt(ms) % 60_000 === 0);
          const at = ms + micros / 1000;
          expect(pattern.parse(pattern.format(at, zone), UTC)).toBeCloseTo(at, 3);
        },
      ),
      { numRuns: 500 },
    );
  });
});
