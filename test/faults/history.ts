/** A record that a test has written. `seq` counts the records of its partition from 0, aborted ones too, so that partition and `seq` name it. */
export interface WrittenRecord {
  readonly partition: number;
  readonly seq: number;
  /** Records of one key are in one partition. */
  readonly key: string;
  readonly value: number;
  /** The offset that Kafka gave it. */
  readonly offset: number;
  /** Whether its transaction was aborted: nobody may see it. */
  readonly aborted?: boolean;
}

/** A result as it was read back, or a dead letter. In the order of the log among those of its key. */
export interface SeenRecord {
  readonly partition: number;
  readonly seq: number;
  readonly key: string;
  /** Null for a dead letter. */
  readonly result: number | null;
  /** When the broker appended it; milliseconds of the machine's clock. */
  readonly appendedAt: number;
}

/** What the group had committed by partition, as somebody else saw it at a time. */
export interface CommitSample {
  /** When the question was asked, and when the answer was there; milliseconds of the machine's clock. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** By partition; those without a commit are left out. */
  readonly committed: ReadonlyMap<number, number>;
}

/** A time in which a worker that is not the owner any more may still write what it had under way. */
export interface ZombieTime {
  readonly from: number;
  readonly to: number;
}

/** All that is known of a run through faults. */
export interface History {
  readonly written: readonly WrittenRecord[];
  /** The results of each branch by its name. */
  readonly branches: Readonly<Record<string, readonly SeenRecord[]>>;
  /** What was refused and kept, as dead letters. */
  readonly rejected?: readonly SeenRecord[];
  /** In the order of time; the last one stands after the heal and the drain. */
  readonly samples: readonly CommitSample[];
  readonly zombies?: readonly ZombieTime[];
  /** How many markers of transactions stand behind the last record, by partition. */
  readonly markers?: ReadonlyMap<number, number>;
}

/** What a record must become in each branch, computed anew: its result, `null` where it is filtered out, `'rejected'` for a dead letter. */
export type Recompute = (record: WrittenRecord, branch: string) => number | null | 'rejected';
