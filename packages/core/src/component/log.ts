import type { Columns } from '../record/columns.ts';
import type { HeadraceError } from '../errors/headrace-error.ts';
import type { Refusal } from './refusal.ts';
import type { SplitReader } from './split-reader.ts';

/** A partition of a topic, as `topic/number`. */
export type TopicPartition = `${string}/${number}`;

/** What a group has committed for a partition: the next offset to read, and a text of ours. */
export interface Committed {
  readonly partition: TopicPartition;
  readonly offset: number;
  readonly metadata: string;
}

/** Where reading begins. */
export type StartAt = number | 'earliest' | 'latest' | { readonly timestamp: number };

/** What a member of a group is told. */
export interface GroupListener {
  assigned(partitions: readonly TopicPartition[]): void;
  /** Awaited before the partitions go to another member; `signal` fires at the deadline. */
  revoking(partitions: readonly TopicPartition[], signal: AbortSignal): Promise<void>;
  /** The partitions already belong to somebody else: nothing may be committed. */
  lost(partitions: readonly TopicPartition[]): void;
  /** The membership ended for good and will not come back by itself. */
  failed(error: HeadraceError): void;
}

/** A place in a group. */
export interface Membership {
  commit(at: readonly Committed[]): Promise<void>;
  leave(): Promise<void>;
}

/** A transaction that carries outputs and positions together. */
export interface Transaction {
  begin(): Promise<void>;
  append(topic: string, partitions: Int32Array, records: Columns): Promise<readonly Refusal[]>;
  commit(at: readonly Committed[]): Promise<'committed' | 'aborted' | 'fenced'>;
  abort(): Promise<void>;
}

/** What may be chosen about an append. */
export interface AppendOptions {
  readonly compression?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
}

/** What may be chosen about reading a partition. */
export interface ReaderOptions {
  /** What becomes of a position that does not exist: an error, `OFFSET_OUT_OF_RANGE`, unless another place is named to go on from. */
  readonly onOutOfRange?: 'fail' | 'earliest' | 'latest';
  /** Whether records of transactions that are open or aborted are given too. */
  readonly uncommitted?: boolean;
  /** Told when reading went on elsewhere than at a position that does not exist. */
  readonly moved?: (from: number, to: number) => void;
  /** How many bytes may be fetched ahead, asked whenever it matters; a Log has a bound of its own beside it. */
  readonly bufferBytes?: () => number;
}

/** All that the runtime sees of Kafka. */
export interface Log {
  /** Joins the topology's group for these topics. */
  join(topics: readonly string[] | RegExp, on: GroupListener): Promise<Membership>;
  /**
   * Returns the number of partitions; throws `UNKNOWN_TOPIC` where there is no such topic. `use` lets an error name the right that is missing;
   * where `expected` is more than was last known, the topic may have grown, and is looked at again.
   */
  partitions(topic: string, use?: 'read' | 'write', expected?: number): Promise<number>;
  /** Returns what the group has committed; partitions without a commit are absent. */
  committed(
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<TopicPartition, { offset: number; metadata: string }>>;
  /** Opens a reader of one partition; its positions are offsets. */
  reader(partition: TopicPartition, at: StartAt, options?: ReaderOptions): SplitReader;
  /** Appends each row to the partition named beside it; resolves when acknowledged by all in-sync replicas. Rows of `records` are taken as they lie. */
  append(topic: string, partitions: Int32Array, records: Columns, options?: AppendOptions): Promise<readonly Refusal[]>;
  transaction?(member: Membership): Transaction;
  close(): Promise<void>;
}
