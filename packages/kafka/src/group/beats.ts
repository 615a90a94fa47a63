/** A beat that was sent: to whom, when, and as whom. */
export interface Beat {
  readonly node: number;
  readonly sentAt: number;
  readonly memberId: string;
  readonly generation: number;
}

/** The beats of a member, of which one is under way at a time. */
export class Beats {
  /** When the next one is due, in milliseconds. */
  nextAt = -Infinity;
  #count = 0;
  #underWay: Beat | null = null;

  get isUnderWay(): boolean {
    return this.#underWay !== null;
  }

  /** Takes that one is sent; returns its number. */
  begin(beat: Beat): number {
    this.#underWay = beat;
    this.#count += 1;
    return this.#count;
  }

  /** Takes that one has come to its end and returns it; null where it is not the one under way. */
  end(attempt: number): Beat | null {
    if (attempt !== this.#count) return null;
    const beat = this.#underWay;
    this.#underWay = null;
    return beat;
  }
}
