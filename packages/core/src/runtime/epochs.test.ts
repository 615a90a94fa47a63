import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedPlace } from '../plan/topology-plan.ts';
import { EpochLedger } from './epochs.ts';

const places: PlannedPlace[] = [
  { node: null, kind: 'head', above: [], holds: false },
  { node: 'lookup', kind: 'async', above: [0], holds: false },
  { node: 'sink', kind: 'sink', above: [0, 1], holds: true },
];

describe('EpochLedger', () => {
  it('keeps an epoch open while a sink holds it, though no batch lives', () => {
    const ledger = new EpochLedger(places, () => {});
    const epoch = ledger.take(0);
    ledger.opened(epoch.number, 0, 10);
    ledger.closed(epoch.number, 0, 10);
    ledger.close(new Map());
    expect(ledger.overAbove(epoch, 2)).toBe(true);
    expect(ledger.takeDone()).toEqual([]);
    ledger.releaseHold(epoch, 2);
    expect(ledger.takeDone().map(({ number }) => number)).toEqual([0]);
    expect(ledger.openCount).toBe(0);
  });

  it('says that an epoch is over at a place only when it is closed and nothing lives above', () => {
    const ledger = new EpochLedger(places, () => {});
    const epoch = ledger.take(0);
    ledger.opened(epoch.number, 1, 5);
    expect(ledger.overAbove(epoch, 1)).toBe(false);
    ledger.close(new Map());
    expect(ledger.overAbove(epoch, 1)).toBe(true);
    expect(ledger.overAbove(epoch, 2)).toBe(false);
    ledger.closed(epoch.number, 1, 5);
    expect(ledger.overAbove(epoch, 2)).toBe(true);
  });

  it('marks but never gives up an epoch inside a release', () => {
    const seen: number[] = [];
    const ledger = new EpochLedger(places, () => seen.push(ledger.openCount));
    const epoch = ledger.take(0);
    ledger.opened(epoch.number, 0, 1);
    ledger.close(new Map());
    ledger.releaseHold(epoch, 2);
    ledger.closed(epoch.number, 0, 1);
    expect(seen).toEqual([1, 1]);
    expect(ledger.takeDone()).toHaveLength(1);
  });

  it('gives epochs up in order whatever the order of their ends, and exactly when all their handles are gone', () => {
    const event = fc.record({
      kind: fc.constantFrom('open', 'end', 'close', 'hold'),
      pick: fc.nat(100),
      place: fc.constantFrom(0, 1, 2),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const ledger = new EpochLedger(places, () => {});
        const live: { epoch: number; place: number }[] = [];
        const holds = new Set<number>();
        const closed = new Set<number>();
        let given = 0;
        for (const { kind, pick, place } of events) {
          if (kind === 'open') {
            const epoch = ledger.take(0);
            if (!live.some((handle) => handle.epoch === epoch.number)) holds.add(epoch.number);
            ledger.opened(epoch.number, place, 1);
            live.push({ epoch: epoch.number, place });
          } else if (kind === 'end' && live.length > 0) {
            const [handle] = live.splice(pick % live.length, 1) as [{ epoch: number; place: number }];
            ledger.closed(handle.epoch, handle.place, 1);
          } else if (kind === 'close') {
            const epoch = ledger.close(new Map());
            if (epoch !== null) closed.add(epoch.number);
          } else if (kind === 'hold') {
            const epoch = [...ledger.open].find(({ number }) => closed.has(number) && holds.has(number));
            if (epoch !== undefined) {
              holds.delete(epoch.number);
              ledger.releaseHold(epoch, 2);
            }
          }
          for (const done of ledger.takeDone()) {
            expect(done.number).toBe(given++);
            expect(
              closed.has(done.number) &&
                !holds.has(done.number) &&
                !live.some((handle) => handle.epoch === done.number),
            ).toBe(true);
          }
          const first = [...ledger.open][0];
          if (first !== undefined && closed.has(first.number))
            expect(holds.has(first.number) || live.some((handle) => handle.epoch === first.number)).toBe(true);
          expect(ledger.bytes).toBe(live.length);
        }
      }),
    );
  });
});
