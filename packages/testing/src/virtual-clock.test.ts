import { describe, expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.ts';

describe('VirtualClock', () => {
  it('stands still until it is advanced', async () => {
    const clock = new VirtualClock(1000);
    await new Promise((resolve) => setImmediate(resolve));
    expect([clock.now(), clock.monotonic()]).toEqual([1000, 0]);
    clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1250, 250]);
    clock.advanceTo(2000);
    expect([clock.now(), clock.monotonic()]).toEqual([2000, 1000]);
  });

  it('fires in order of due time, then of registration, each at its own due time', () => {
    const clock = new VirtualClock();
    const fired: [string, number][] = [];
    const note = (name: string) => () => fired.push([name, clock.now()]);
    clock.after(30, note('c'));
    clock.after(10, note('a'));
    clock.after(30, note('d'));
    clock.after(20, note('b'));
    clock.after(31, note('late'));
    clock.advance(30);
    expect(fired).toEqual([
      ['a', 10],
      ['b', 20],
      ['c', 30],
      ['d', 30],
    ]);
    expect(clock.pending).toBe(1);
    expect(clock.nextDue).toBe(31);
  });

  it('fires what is registered while it advances, where that falls due on the way', () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    const again = (): void => {
      fired.push(clock.now());
      clock.after(10, again);
    };
    clock.after(10, again);
    clock.advance(35);
    expect(fired).toEqual([10, 20, 30]);
    expect(clock.now()).toBe(35);
  });

  it('does not fire what was cancelled, not even by an earlier call of the same instant', () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.after(10, () => cancel());
    const cancel = clock.after(10, () => fired.push('cancelled'));
    clock.after(10, () => fired.push('kept'));
    clock.advance(10);
    expect(fired).toEqual(['kept']);
    cancel();
    expect(clock.pending).toBe(0);
  });

  it('fires what is due at once only when it is advanced by nothing', () => {
    const clock = new VirtualClock();
    let fired = 0;
    clock.after(0, () => (fired += 1));
    clock.after(-5, () => (fired += 1));
    expect(fired).toBe(0);
    clock.advance(0);
    expect(fired).toBe(2);
  });

  it('runs `soon` on the event loop, without virtual time, after promises', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    clock.soon(() => order.push('soon'));
    void Promise.resolve().then(() => order.push('promise'));
    expect(clock.queued).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual(['promise', 'soon']);
    expect(clock.queued).toBe(0);
    expect(clock.now()).toBe(0);
  });

  it('refuses to go back and refuses what is no time', () => {
    const clock = new VirtualClock(100);
    expect(() => clock.advance(-1)).toThrow(expect.objectContaining({ code: 'TIME_GOES_BACK' }));
    expect(() => clock.advanceTo(99)).toThrow(expect.objectContaining({ code: 'TIME_GOES_BACK' }));
    expect(() => clock.advance(Number.NaN)).toThrow(expect.objectContaining({ code: 'INVALID_TIME' }));
    expect(() => clock.after(Infinity, () => undefined)).toThrow(expect.objectContaining({ code: 'INVALID_TIME' }));
  });
});
