import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, zoneOf } from './time-zone.ts';

const names = Intl.supportedValuesOf('timeZone');
const from = Date.UTC(1850, 0, 1);
const to = Date.UTC(2150, 0, 1);

// Another way through Intl: the offset itself, as text.
function offsetByName(name: string, ms: number): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' }).formatToParts(ms);
  const text = parts.find(({ type }) => type === 'timeZoneName')!.value;
  const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text)!;
  const [hours, minutes, seconds] = match.slice(2).map((digits) => Number(digits ?? 0)) as [number, number, number];
  return (match[1] === '-' ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

describe('zoneOf', () => {
  it('gives the offsets of Intl in every zone, at any time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.integer({ min: from / 1000, max: to / 1000 }), (name, second) => {
        const expected = offsetByName(name, second * 1000);
        expect([name, second, zoneOf(name).offsetAt(second * 1000)]).toEqual([name, second, expected + 0]);
      }),
      { numRuns: 1500 },
    );
  });

  it('finds each change of the clocks to the second', () => {
    for (const name of ['Europe/Berlin', 'America/St_Johns', 'Africa/Casablanca', 'Australia/Lord_Howe', 'Asia/Gaza']) {
      const zone = zoneOf(name);
      for (let day = Date.UTC(2010, 0, 1); day < Date.UTC(2012, 0, 1); day += 86_400_000) {
        const [before, after] = [zone.offsetAt(day), zone.offsetAt(day + 86_400_000)];
        if (before === after) continue;
        let [low, high] = [day, day + 86_400_000];
        while (high - low > 1000) {
          const middle = Math.round((low + high) / 2000) * 1000;
          if (zone.offsetAt(middle) === before) low = middle;
          else high = middle;
        }
        expect([offsetByName(name, high - 1000), offsetByName(name, high)]).toEqual([before, after]);
      }
    }
  });

  it.each([
    ['UTC', 0],
    ['+02:00', 7_200_000],
    ['-02:30', -9_000_000],
    ['02:00', 7_200_000],
    ['-0330', -12_600_000],
    ['-00:00', 0],
    ['Etc/GMT+5', -18_000_000],
  ])('reads %s', (name, offset) => {
    expect(zoneOf(name).offsetAt(0)).toBe(offset);
  });

  it.each(['', 'Mars/Phobos', '+25:00', '+02:60', '+2:00', '+02', 'Europe/Berlin\0', 'a'.repeat(100), '__proto__', '../etc'])(
    'refuses %j',
    (name) => {
      expect(() => zoneOf(name)).toThrow(expect.objectContaining({ code: 'UNKNOWN_TIME_ZONE' }));
    },
  ); // prettier-ignore

  it('has answers for all years from 1 to 9999', () => {
    const zone = zoneOf('America/New_York');
    expect(zone.offsetAt(Date.UTC(9999, 6, 1))).toBe(-4 * 3_600_000);
    expect(zone.offsetAt(Date.UTC(9999, 0, 1))).toBe(-5 * 3_600_000);
    expect(zone.offsetAt(-62_135_596_800_000)).toBe(offsetByName('America/New_York', -62_135_596_800_000));
    expect(zone.offsetAt(Date.UTC(2600, 6, 4))).toBe(offsetByName('America/New_York', Date.UTC(2600, 6, 4)));
  });
});

describe('instantOf', () => {
  const berlin = zoneOf('Europe/Berlin');

  it('comes back from the local time of an instant, or an hour earlier where the clocks show it twice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: 0, max: Date.UTC(2040, 0, 1) / 1000 }),
        (name, second) => {
          const zone = zoneOf(name);
          const ms = second * 1000;
          const local = ms + zone.offsetAt(ms);
          const back = instantOf(zone, local);
          expect(back + zone.offsetAt(back)).toBe(local);
          expect(back).toBeLessThanOrEqual(ms);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('puts a time that the clocks skip as much later as they were put forward', () => {
    expect(instantOf(berlin, Date.UTC(2026, 2, 29, 2, 30))).toBe(Date.UTC(2026, 2, 29, 1, 30));
  });

  it('takes the first of two', () => {
    expect(instantOf(berlin, Date.UTC(2026, 9, 25, 2, 30))).toBe(Date.UTC(2026, 9, 25, 0, 30));
  });
});
