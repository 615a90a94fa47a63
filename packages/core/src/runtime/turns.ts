import type { Clock } from '../component/clock.ts';
import { turnMs, type Stepper, type TurnLine } from '../component/stepper.ts';

/** Bounds a turn where the clock stands still. */
const stepsInTurn = 256;
const slowStepMs = 1000;

/** Lets tasks and nodes take their steps one after another, in turns of at most 5 ms, so that input, output and timers are never kept waiting. */
export class Turns implements TurnLine {
  readonly #clock: Clock;
  readonly #onSlowStep: (stepper: Stepper, ms: number) => void;
  readonly #ready = new Set<Stepper>();
  #scheduled = false;

  constructor(clock: Clock, onSlowStep: (stepper: Stepper, ms: number) => void) {
    this.#clock = clock;
    this.#onSlowStep = onSlowStep;
  }

  /** Puts a stepper in line for a step. */
  ready(stepper: Stepper): void {
    this.#ready.add(stepper);
    this.#schedule();
  }

  /** Takes a stepper out of line. */
  remove(stepper: Stepper): void {
    this.#ready.delete(stepper);
  }

  /** Whether nothing waits for a step. */
  get idle(): boolean {
    return this.#ready.size === 0;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => {
      this.#scheduled = false;
      this.#turn();
      if (this.#ready.size > 0) this.#schedule();
    });
  }

  #turn(): void {
    const start = this.#clock.monotonic();
    let before = start;
    for (let steps = 0; steps < stepsInTurn; steps++) {
      const [stepper] = this.#ready;
      if (stepper === undefined) return;
      this.#ready.delete(stepper);
      if (stepper.step()) this.#ready.add(stepper);
      const after = this.#clock.monotonic();
      if (after - before >= slowStepMs) this.#onSlowStep(stepper, after - before);
      if (after - start >= turnMs) return;
      before = after;
    }
  }
}
