/** Holds a rate for all tasks of a process that reach a node: what passed sets when more may be asked for. */
export class Pace {
  readonly perSecond: number;
  #freeAt = 0;

  constructor(perSecond: number) {
    this.perSecond = perSecond;
  }

  /** The most records to take in one go, so that a rate is held evenly and a drain waits for little. */
  get portion(): number {
    return Math.max(1, Math.floor(this.perSecond / 10));
  }

  /** Notes that records passed the node. */
  passed(records: number, now: number): void {
    this.#freeAt = Math.max(this.#freeAt, now) + (records * 1000) / this.perSecond;
  }

  /** How long to wait before more is asked for, in milliseconds. */
  waitMs(now: number): number {
    return Math.max(0, this.#freeAt - now);
  }
}
