import { HeadraceError } from '@headrace/core';
import type {
  Clock,
  Columns,
  GroupListener,
  Log,
  Membership,
  ReaderOptions,
  Refusal,
  StartAt,
  TopicPartition,
} from '@headrace/core';
import { acknowledge } from './acknowledge.ts';
import { appendRows } from './append-rows.ts';
import type { Group, GroupMember } from './group.ts';
import type { LogFaults } from './log-faults.ts';
import type { LogRecord } from './log-record.ts';
import { LogStore } from './log-store.ts';
import { PartitionReader } from './partition-reader.ts';
import type { StoredPartition } from './stored-topic.ts';
import { parsePartition } from './topic-partition.ts';

/** How an in-memory Log is made. */
export interface InMemoryLogOptions {
  readonly clock: Clock;
  /** The group that `join` and `committed` are about; `test` unless said. */
  readonly group?: string;
  /** Readers end where their partition ended when this connection first read it. */
  readonly bounded?: boolean;
  /** How long a member may take to give partitions back, 30 s unless said. */
  readonly revokeTimeoutMs?: number;
}

/**
 * A Log in memory with the promises of the real one and nothing by chance: the same calls give the same result. It is a connection;
 * `open` gives others to the same topics and groups. Tests plan faults (`faults`) and lose or fail members.
 */
export class InMemoryLog implements Log {
  readonly #store: LogStore;
  readonly #group: Group;
  readonly #bounded: boolean;
  readonly #joined = new Set<GroupMember>();
  readonly #readers = new Set<PartitionReader>();
  readonly #ends = new Map<TopicPartition, number>();
  #closed = false;

  constructor(options: InMemoryLogOptions, store?: LogStore) {
    this.#store = store ?? new LogStore(options.clock, options.revokeTimeoutMs ?? 30_000);
    this.#group = this.#store.group(options.group ?? 'test');
    this.#bounded = options.bounded ?? false;
  }

  /** Opens another connection to the same topics and groups. */
  open(options: Omit<InMemoryLogOptions, 'clock' | 'revokeTimeoutMs'> = {}): InMemoryLog {
    return new InMemoryLog({ ...options, clock: this.#store.clock }, this.#store);
  }

  /** Returns the faults that tests plan, for all connections. */
  get faults(): LogFaults {
    return this.#store.faults;
  }

  /** Returns the members of the group, of all connections, in the order of joining. */
  get members(): readonly GroupMember[] {
    return this.#group.members;
  }

  /** Returns how many times the partitions of the group were divided anew. */
  get generation(): number {
    return this.#group.generation;
  }

  /** Returns the readers that this connection has open. */
  get readers(): readonly PartitionReader[] {
    return [...this.#readers];
  }

  /** Makes a topic. */
  createTopic(name: string, partitions: number): void {
    this.#store.create(name, partitions);
  }

  /** Returns all records of a topic in the order of their arrival. */
  read(topic: string): readonly LogRecord[] {
    return this.#store.topic(topic).arrived;
  }

  /** Returns all that the group has committed. */
  commits(): ReadonlyMap<TopicPartition, { offset: number; metadata: string }> {
    return this.#group.commits();
  }

  /** Forgets the records of a partition below an offset, as retention does. */
  truncate(partition: TopicPartition, before: number): void {
    this.#partition(partition).truncate(before);
  }

  /** Takes its partitions from a member without asking, as when its session expires; it then comes back by itself. */
  lose(member: GroupMember): void {
    this.#group.lose(member);
  }

  /** Ends a membership for good, with an error. */
  fail(member: GroupMember, error = new HeadraceError('MEMBERSHIP_FAILED', 'A test ended the membership.')): void {
    this.#group.remove(member);
    member.listener.failed(error);
  }

  async join(topics: readonly string[] | RegExp, on: GroupListener): Promise<Membership> {
    this.#check();
    if (!(topics instanceof RegExp)) for (const topic of topics) this.#store.topic(topic);
    const member = this.#group.join(topics, on);
    this.#joined.add(member);
    return member;
  }

  async partitions(topic: string): Promise<number> {
    this.#check();
    return this.#store.topic(topic).partitions.length;
  }

  async committed(
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<TopicPartition, { offset: number; metadata: string }>> {
    this.#check();
    return this.#group.committed(partitions);
  }

  reader(partition: TopicPartition, at: StartAt, options: ReaderOptions = {}): PartitionReader {
    this.#check();
    const { topic } = parsePartition(partition);
    const reader = new PartitionReader({
      name: partition,
      clock: this.#store.clock,
      partition: this.#partition(partition),
      start: at,
      options,
      end: this.#bounded ? this.#endOf(partition) : null,
      fault: () => this.#store.faults.takeRead(topic),
      closed: () => this.#readers.delete(reader),
    });
    this.#readers.add(reader);
    return reader;
  }

  async append(topic: string, partitions: Int32Array, records: Columns): Promise<readonly Refusal[]> {
    this.#check();
    const stored = this.#store.topic(topic);
    const fault = this.#store.faults.takeAppend(topic);
    const { records: accepted, refusals } = appendRows(stored, partitions, records, fault);
    if (fault?.reject === undefined || fault.reject.written) stored.append(accepted);
    await acknowledge(this.#store.clock, fault?.delayMs ?? 0);
    if (fault?.reject !== undefined) throw fault.reject.error;
    return refusals;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const member of this.#joined) this.#group.remove(member);
    await Promise.all(this.readers.map((reader) => reader.close()));
  }

  #partition(name: TopicPartition): StoredPartition {
    const { topic, number } = parsePartition(name);
    return this.#store.topic(topic).partition(number);
  }

  #endOf(name: TopicPartition): number {
    const end = this.#ends.get(name) ?? this.#partition(name).end;
    this.#ends.set(name, end);
    return end;
  }

  #check(): void {
    if (this.#closed) throw new HeadraceError('LOG_CLOSED', 'The connection to the in-memory Log is closed.');
  }
}
