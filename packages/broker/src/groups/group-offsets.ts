/** A position that a group has committed. */
export interface CommittedOffset {
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
}

/** A position with its place among all that the group was told. */
interface Written extends CommittedOffset {
  readonly order: number;
}

/** The committed positions of a group, and those of transactions that have not ended, by `topic/partition`. */
export class GroupOffsets {
  readonly #committed = new Map<string, Written>();
  readonly #pending = new Map<number, Map<string, Written>>();
  #writes = 0;

  /** True where there is neither a committed position nor one that may become one. */
  get isEmpty(): boolean {
    return this.#committed.size === 0 && this.#pending.size === 0;
  }

  /** Returns the committed positions by topic and partition. */
  all(): readonly { readonly topic: string; readonly partition: number; readonly committed: CommittedOffset }[] {
    return [...this.#committed].map(([key, committed]) => ({ ...split(key), committed }));
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#committed.get(`${topic}/${partition}`);
  }

  commit(topic: string, partition: number, committed: CommittedOffset): void {
    this.#committed.set(`${topic}/${partition}`, { ...committed, order: this.#writes++ });
  }

  /** Keeps a position until the transaction of a producer ends. */
  commitPending(producerId: number, topic: string, partition: number, committed: CommittedOffset): void {
    let pending = this.#pending.get(producerId);
    if (pending === undefined) this.#pending.set(producerId, (pending = new Map()));
    pending.set(`${topic}/${partition}`, { ...committed, order: this.#writes++ });
  }

  /** Tells whether an open transaction has a position for a partition. */
  isPending(topic: string, partition: number): boolean {
    for (const pending of this.#pending.values()) if (pending.has(`${topic}/${partition}`)) return true;
    return false;
  }

  /** Ends a producer's transaction: its positions are committed, or dropped. One that was committed later than it was told stays. */
  endTransaction(producerId: number, isCommitted: boolean): void {
    const pending = this.#pending.get(producerId);
    this.#pending.delete(producerId);
    if (!isCommitted) return;
    for (const [key, written] of pending ?? [])
      if ((this.#committed.get(key)?.order ?? -1) < written.order) this.#committed.set(key, written);
  }

  delete(topic: string, partition: number): void {
    this.#committed.delete(`${topic}/${partition}`);
  }

  /** Forgets a topic that was deleted. */
  deleteTopic(topic: string): void {
    for (const keys of [this.#committed, ...this.#pending.values()])
      for (const key of keys.keys()) if (split(key).topic === topic) keys.delete(key);
  }
}

function split(key: string): { readonly topic: string; readonly partition: number } {
  const at = key.lastIndexOf('/');
  return { topic: key.slice(0, at), partition: Number(key.slice(at + 1)) };
}
