import { noJournal, type Journal } from '../storage/journal.ts';

/** A position that a group has committed. */
export interface CommittedOffset {
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
  /** When it was told; epoch milliseconds. */
  readonly committedAt: number;
}

/** A position with its place among all that the group was told. */
export interface WrittenOffset extends CommittedOffset {
  readonly order: number;
}

/** The committed positions of a group, and those of transactions that have not ended, by `topic/partition`. */
export class GroupOffsets {
  readonly #committed = new Map<string, WrittenOffset>();
  readonly #pending = new Map<number, Map<string, WrittenOffset>>();
  readonly #groupId: string;
  readonly #journal: Journal;
  #writes = 0;

  constructor(groupId: string, journal: Journal = noJournal) {
    this.#groupId = groupId;
    this.#journal = journal;
  }

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
    this.#commit(`${topic}/${partition}`, { ...committed, order: this.#writes++ });
  }

  #commit(key: string, written: WrittenOffset): void {
    this.#committed.set(key, written);
    this.#journal.put(['offset', this.#groupId, key], written);
  }

  #forget(key: string): void {
    this.#committed.delete(key);
    this.#journal.put(['offset', this.#groupId, key], null);
  }

  /** Takes in a position as it was kept; that of an open transaction where a producer is given. */
  restore(key: string, written: WrittenOffset, producerId: number | null): void {
    this.#writes = Math.max(this.#writes, written.order + 1);
    if (producerId === null) this.#committed.set(key, written);
    else this.#pendingOf(producerId).set(key, written);
  }

  #pendingOf(producerId: number): Map<string, WrittenOffset> {
    let pending = this.#pending.get(producerId);
    if (pending === undefined) this.#pending.set(producerId, (pending = new Map()));
    return pending;
  }

  /** Keeps a position until the transaction of a producer ends. */
  commitPending(producerId: number, topic: string, partition: number, committed: CommittedOffset): void {
    const written = { ...committed, order: this.#writes++ };
    this.#pendingOf(producerId).set(`${topic}/${partition}`, written);
    this.#journal.put(['pending', this.#groupId, producerId, `${topic}/${partition}`], written);
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
    for (const [key, written] of pending ?? []) {
      if (isCommitted && (this.#committed.get(key)?.order ?? -1) < written.order) this.#commit(key, written);
      this.#journal.put(['pending', this.#groupId, producerId, key], null);
    }
  }

  delete(topic: string, partition: number): void {
    this.#forget(`${topic}/${partition}`);
  }

  /** Forgets a topic that was deleted. */
  deleteTopic(topic: string): void {
    for (const key of this.#committed.keys()) if (split(key).topic === topic) this.#forget(key);
    for (const [producerId, pending] of this.#pending)
      for (const key of pending.keys()) {
        if (split(key).topic !== topic) continue;
        pending.delete(key);
        this.#journal.put(['pending', this.#groupId, producerId, key], null);
      }
  }

  /** Forgets positions that are too old; one that an open transaction is about to replace stays. */
  expire(isTooOld: (topic: string, committedAt: number) => boolean): void {
    for (const [key, { committedAt }] of this.#committed) {
      const { topic, partition } = split(key);
      if (isTooOld(topic, committedAt) && !this.isPending(topic, partition)) this.#forget(key);
    }
  }

  /** Forgets all positions. */
  clear(): void {
    for (const key of this.#committed.keys()) this.#forget(key);
  }
}

function split(key: string): { readonly topic: string; readonly partition: number } {
  const at = key.lastIndexOf('/');
  return { topic: key.slice(0, at), partition: Number(key.slice(at + 1)) };
}
