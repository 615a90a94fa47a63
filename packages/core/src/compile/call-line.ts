import type { Clock } from '../component/clock.ts';
import { turnMs, type Stepper, type TurnLine } from '../component/stepper.ts';
import type { NodeId } from '../record/record-batch.ts';

/**
 * Holds the calls that an asynchronous node makes until they have their turn. A call that was made where an answer comes would be made
 * before any timer, input or signal, and so would all that follow it.
 */
export class CallLine implements Stepper {
  readonly id: string;
  readonly node: NodeId;
  readonly #turns: TurnLine;
  readonly #clock: Clock;
  readonly #entered: () => void;
  readonly #waiting: (() => void)[] = [];

  constructor(node: NodeId, turns: TurnLine, clock: Clock, entered: () => void) {
    this.id = node;
    this.node = node;
    this.#turns = turns;
    this.#clock = clock;
    this.#entered = entered;
  }

  /** Makes a call when its turn has come; rejects with the reason of the signal where that comes first. */
  call<T>(run: () => Promise<T>, stopped: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        if (stopped.aborted) reject(stopped.reason as Error);
        else resolve(run());
      });
      this.#turns.ready(this);
    });
  }

  step(): boolean {
    const start = this.#clock.monotonic();
    this.#entered();
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next();
      if (this.#clock.monotonic() - start >= turnMs) break;
    }
    return this.#waiting.length > 0;
  }
}
