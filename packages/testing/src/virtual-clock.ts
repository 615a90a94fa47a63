import { HeadraceError } from '@headrace/core';
import type { Clock } from '@headrace/core';

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/**
 * A clock that stands still until it is told to go on. What is due fires within `advance`, in order of due time (of equal ones
 * the earlier registered first), each seeing its own due time as `now`. `soon` is the real event loop: promises, input and
 * output proceed while virtual time stands.
 */
export class VirtualClock implements Clock {
  readonly #start: number;
  #now: number;
  #timers: Timer[] = [];
  #queued = 0;
  #calls = 0;

  /** Starts at `start`, in epoch milliseconds. */
  constructor(start = 0) {
    requireTime(start, 'start');
    this.#start = start;
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  /** Returns the number of calls that wait for time to advance. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Returns when the next call is due, or null where none waits. */
  get nextDue(): number | null {
    return this.#timers[0]?.due ?? null;
  }

  /** Returns the number of calls of `soon` that have not run yet. */
  get queued(): number {
    return this.#queued;
  }

  /** Returns how often `after` and `soon` were called so far: as long as it grows, something is at work. */
  get calls(): number {
    return this.#calls;
  }

  after(delayMs: number, run: () => void): () => void {
    requireTime(delayMs, 'delay');
    this.#calls += 1;
    const timer: Timer = { due: this.#now + Math.max(0, delayMs), run };
    let at = this.#timers.length;
    while (at > 0 && (this.#timers[at - 1] as Timer).due > timer.due) at -= 1;
    this.#timers.splice(at, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  soon(run: () => void): void {
    this.#calls += 1;
    this.#queued += 1;
    setImmediate(() => {
      this.#queued -= 1;
      run();
    });
  }

  /** Resolves after the real event loop has turned once; virtual time stands still. */
  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Moves time on by `ms` and fires what falls due on the way, also what is registered on the way. */
  advance(ms: number): void {
    requireTime(ms, 'advance');
    if (ms < 0) throw new HeadraceError('TIME_GOES_BACK', `Virtual time cannot advance by ${ms} ms.`);
    this.advanceTo(this.#now + ms);
  }

  /** Moves time on to an instant in epoch milliseconds and fires what falls due on the way. */
  advanceTo(instant: number): void {
    requireTime(instant, 'instant');
    if (instant < this.#now)
      throw new HeadraceError('TIME_GOES_BACK', `Virtual time is ${this.#now} and cannot advance to ${instant}.`);
    for (let next = this.#timers[0]; next !== undefined && next.due <= instant; next = this.#timers[0]) {
      this.#timers.shift();
      this.#now = Math.max(this.#now, next.due);
      next.run();
    }
    this.#now = Math.max(this.#now, instant);
  }
}

function requireTime(value: number, what: string): void {
  if (!Number.isFinite(value))
    throw new HeadraceError('INVALID_TIME', `The ${what} of a virtual clock must be a finite number, not ${value}.`);
}
