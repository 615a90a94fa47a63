import { strict as assert } from 'node:assert';
import type { GroupListener, HeadraceError, Log, Membership, TopicPartition } from '@headrace/core';

/** A member of a group that keeps book of what it is told, and answers `revoking` when it is allowed to. */
export class JoinedMember implements GroupListener {
  /** What it owns by its own books. */
  readonly owned = new Set<TopicPartition>();
  /** What it was asked to give back and has not yet. */
  readonly revokingNow = new Set<TopicPartition>();
  /** Resolves when `revoking` may be answered; at once unless a scenario replaces it. */
  release: Promise<void> = Promise.resolve();
  readonly #others: readonly JoinedMember[];
  #changed: (() => void)[] = [];
  #failure: Error | null = null;
  #membership: Membership | null = null;

  private constructor(others: readonly JoinedMember[]) {
    this.#others = others;
  }

  /** Joins; nothing need be assigned yet. `others` may not be giving back what this one gets. */
  static async join(log: Log, topics: readonly string[], others: readonly JoinedMember[] = []): Promise<JoinedMember> {
    const member = new JoinedMember(others);
    member.#membership = await log.join(topics, member);
    return member;
  }

  get membership(): Membership {
    assert.ok(this.#membership, 'The member has not joined.');
    return this.#membership;
  }

  assigned(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      this.#expect(!this.owned.has(partition), `"${partition}" was assigned twice to one member.`);
      for (const other of this.#others)
        this.#expect(
          !other.revokingNow.has(partition),
          `"${partition}" was assigned while another member was still giving it back.`,
        );
      this.owned.add(partition);
    }
    this.#tell();
  }

  async revoking(partitions: readonly TopicPartition[]): Promise<void> {
    this.#expectOwned(partitions, 'revoked');
    for (const partition of partitions) this.revokingNow.add(partition);
    this.#tell();
    await this.release;
    for (const partition of partitions) {
      this.revokingNow.delete(partition);
      this.owned.delete(partition);
    }
    this.#tell();
  }

  lost(partitions: readonly TopicPartition[]): void {
    this.#expectOwned(partitions, 'lost');
    for (const partition of partitions) this.owned.delete(partition);
    this.#tell();
  }

  failed(error: HeadraceError): void {
    this.#failure ??= error;
    this.#tell();
  }

  /** Resolves when a condition holds, which is looked at whenever one of the members is told something. */
  async until(condition: () => boolean, members: readonly JoinedMember[] = [this]): Promise<void> {
    for (;;) {
      for (const member of members) if (member.#failure !== null) throw member.#failure;
      if (condition()) return;
      await Promise.race(members.map((member) => new Promise<void>((resolve) => member.#changed.push(resolve))));
    }
  }

  #expectOwned(partitions: readonly TopicPartition[], verb: string): void {
    for (const partition of partitions)
      this.#expect(this.owned.has(partition), `"${partition}" was ${verb} without having been assigned.`);
  }

  // What a listener throws would be lost in the Log; it is kept for `until`.
  #expect(holds: boolean, message: string): void {
    if (!holds) this.#failure ??= new assert.AssertionError({ message });
  }

  #tell(): void {
    const changed = this.#changed;
    this.#changed = [];
    for (const one of changed) one();
  }
}
