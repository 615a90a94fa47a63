import { VirtualClock } from '@headrace/testing';
import { describe, expect, it } from 'vitest';
import { ReconnectPauses } from '../../packages/kafka/src/network/reconnect-pauses.ts';

describe('pauses before an address is tried again', () => {
  it('double up to a second and end with success', () => {
    const clock = new VirtualClock();
    const pauses = new ReconnectPauses(clock, () => 0.5);
    expect(pauses.leftMs('a')).toBe(0);
    const seen = Array.from({ length: 8 }, () => {
      pauses.failed('a');
      const left = pauses.leftMs('a');
      clock.advance(left);
      expect(pauses.leftMs('a')).toBe(0);
      return Math.round(left);
    });
    expect(seen).toEqual([50, 100, 200, 400, 800, 1000, 1000, 1000]);
    expect(pauses.leftMs('b')).toBe(0);
    pauses.succeeded('a');
    pauses.failed('a');
    expect(Math.round(pauses.leftMs('a'))).toBe(50);
  });

  it('differ by a fifth either way', () => {
    const clock = new VirtualClock();
    for (const [random, pause] of [
      [0, 40],
      [1, 60],
    ] as const) {
      const pauses = new ReconnectPauses(clock, () => random);
      pauses.failed('a');
      expect(Math.round(pauses.leftMs('a'))).toBe(pause);
    }
  });
});
