import { HeadraceError } from '@headrace/core';
import type { StartAt } from '@headrace/core';
import type { LogRecord } from './log-record.ts';

/** Holds the records of one partition and wakes those who wait for more. */
export class StoredPartition {
  readonly number: number;
  #records: LogRecord[] = [];
  #start = 0;
  readonly #waiting = new Set<() => void>();

  constructor(number: number) {
    this.number = number;
  }

  /** Returns the offset of the first record that is still kept. */
  get start(): number {
    return this.#start;
  }

  /** Returns the offset that the next record will have. */
  get end(): number {
    return this.#start + this.#records.length;
  }

  /** Adds records, whose offsets follow on `end`, and wakes readers. */
  add(records: readonly LogRecord[]): void {
    for (const record of records) this.#records.push(record);
    for (const wake of this.#waiting) wake();
  }

  /** Returns the records from an offset on, up to another one. */
  slice(from: number, to: number): readonly LogRecord[] {
    return this.#records.slice(from - this.#start, to - this.#start);
  }

  /** Forgets the records below an offset, as retention does. */
  truncate(before: number): void {
    const to = Math.min(Math.max(before, this.#start), this.end);
    this.#records = this.#records.slice(to - this.#start);
    this.#start = to;
  }

  /** Turns a start into an offset, as things are now. */
  resolve(at: StartAt): number {
    if (typeof at === 'number') return at;
    if (at === 'earliest') return this.#start;
    if (at === 'latest') return this.end;
    return this.#records.find((record) => record.timestamp >= at.timestamp)?.offset ?? this.end;
  }

  /** Calls `wake` at every append until the result is called. */
  onAppend(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }
}

/** Holds a topic: its partitions, and its records in the order of their arrival. */
export class StoredTopic {
  readonly name: string;
  readonly partitions: readonly StoredPartition[];
  readonly #arrived: LogRecord[] = [];

  constructor(name: string, partitions: number) {
    if (!Number.isInteger(partitions) || partitions < 1)
      throw new HeadraceError('INVALID_PARTITIONS', `Topic "${name}" cannot have ${partitions} partitions.`);
    this.name = name;
    this.partitions = Array.from({ length: partitions }, (_, number) => new StoredPartition(number));
  }

  /** Returns all records ever appended, in the order of their arrival. */
  get arrived(): readonly LogRecord[] {
    return this.#arrived;
  }

  /** Returns a partition; throws where there is none of that number. */
  partition(number: number): StoredPartition {
    const partition = this.partitions[number];
    if (partition === undefined)
      throw new HeadraceError('UNKNOWN_TOPIC', `Topic "${this.name}" has no partition ${number}.`);
    return partition;
  }

  /** Appends records of any partitions, in the order in which they come. */
  append(records: readonly LogRecord[]): void {
    for (const record of records) this.#arrived.push(record);
    for (const partition of this.partitions) {
      const own = records.filter((record) => record.partition === partition.number);
      if (own.length > 0) partition.add(own);
    }
  }
}
