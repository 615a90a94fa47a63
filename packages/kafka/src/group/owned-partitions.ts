import type { TopicPartition } from '@headrace/core';

/**
 * How much of the rebalance timeout may pass before what is given back is given up, and how much before the member is. Between the two the
 * group may go on without the member, which then hears that it is not known: that is no reason to end.
 */
const hurryShare = 0.8;
const endShare = 2;

interface GivingBack {
  readonly round: number;
  readonly partitions: readonly TopicPartition[];
  hurryAt: number;
  readonly endsAt: number;
}

/** What a member owns, each partition with the number of the assignment that gave it, and what of it is being given back. */
export class OwnedPartitions {
  readonly #limitMs: number;
  readonly #owned = new Map<TopicPartition, number>();
  #assignments = 0;
  #rounds = 0;
  #givingBack: GivingBack | null = null;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  get isEmpty(): boolean {
    return this.#owned.size === 0;
  }

  get isGivingBack(): boolean {
    return this.#givingBack !== null;
  }

  /** Returns when `check` is due. */
  get nextDeadline(): number {
    return this.#givingBack === null ? Infinity : Math.min(this.#givingBack.hurryAt, this.#givingBack.endsAt);
  }

  list(): TopicPartition[] {
    return [...this.#owned.keys()];
  }

  numberOf(partition: TopicPartition): number | null {
    return this.#owned.get(partition) ?? null;
  }

  /** Takes an assignment: what is new in it is owned from now on; what is missing stays until it is given back. */
  assign(partitions: readonly TopicPartition[]): { added: TopicPartition[]; removed: TopicPartition[] } {
    const number = ++this.#assignments;
    const wanted = new Set(partitions);
    const added = [...wanted].filter((partition) => !this.#owned.has(partition));
    const removed = this.list().filter((partition) => !wanted.has(partition));
    for (const partition of added) this.#owned.set(partition, number);
    return { added, removed };
  }

  /** Begins to give back; returns the number of the round. */
  giveBack(partitions: readonly TopicPartition[], now: number): number {
    const round = ++this.#rounds;
    const [hurryAt, endsAt] = [now + this.#limitMs * hurryShare, now + this.#limitMs * endShare];
    this.#givingBack = { round, partitions, hurryAt, endsAt };
    return round;
  }

  /** Ends a round; tells whether it was the present one. */
  givenBack(round: number): boolean {
    if (this.#givingBack?.round !== round) return false;
    for (const partition of this.#givingBack.partitions) this.#owned.delete(partition);
    this.#givingBack = null;
    return true;
  }

  /** Says what the clock means for what is given back; `hurry` once. */
  check(now: number): 'inTime' | 'hurry' | 'over' {
    const giving = this.#givingBack;
    if (giving === null || now < this.nextDeadline) return 'inTime';
    // A process that was held up hears of it late, and is told all the same.
    if (giving.hurryAt === Infinity) return 'over';
    giving.hurryAt = Infinity;
    return 'hurry';
  }

  clear(): void {
    this.#owned.clear();
    this.#givingBack = null;
  }
}
