import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../virtual-clock.ts';
import { advance, finish, settle } from './pump.ts';

describe('settle', () => {
  it('is idle when all has passed and the event loop has nothing more to do', async () => {
    const clock = new VirtualClock();
    let hops = 0;
    const hop = (): void => {
      hops += 1;
      if (hops < 50) clock.soon(hop);
    };
    clock.soon(hop);
    expect(await settle({ clock, passed: () => true, check: () => undefined })).toBe('idle');
    expect(hops).toBe(50);
  });

  it('runs what is due now, and leaves the rest of time alone', async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.after(0, () => fired.push('now'));
    clock.after(1, () => fired.push('later'));
    await settle({ clock, passed: () => true, check: () => undefined });
    expect(fired).toEqual(['now']);
    expect(clock.now()).toBe(0);
  });

  it('says that something waits when what is left does nothing', async () => {
    const clock = new VirtualClock();
    clock.after(100, () => undefined);
    expect(await settle({ clock, passed: () => false, check: () => undefined })).toBe('waiting');
  });

  it('throws what the check throws', async () => {
    const clock = new VirtualClock();
    const check = (): void => {
      throw new Error('failed');
    };
    await expect(settle({ clock, passed: () => false, check })).rejects.toThrow('failed');
  });
});

describe('advance', () => {
  it('lets promises run between two due times', async () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    const after = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
    const work = (async () => {
      for (let step = 0; step < 4; step += 1) {
        await after(10);
        await new Promise<void>((resolve) => clock.soon(resolve));
        fired.push(clock.now());
      }
    })();
    await advance({ clock, passed: () => true, check: () => undefined }, 35);
    expect(fired).toEqual([10, 20, 30]);
    expect(clock.now()).toBe(35);
    await advance({ clock, passed: () => true, check: () => undefined }, 5);
    await work;
    expect(fired).toEqual([10, 20, 30, 40]);
  });
});

describe('finish', () => {
  it('moves virtual time on only where nothing else moves', async () => {
    const clock = new VirtualClock();
    await finish(clock, new Promise<void>((resolve) => clock.soon(resolve)));
    expect(clock.now()).toBe(0);
    await finish(clock, new Promise<void>((resolve) => void clock.after(25_000, resolve)));
    expect(clock.now()).toBe(25_000);
  });

  it('passes a rejection on', async () => {
    await expect(finish(new VirtualClock(), Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
