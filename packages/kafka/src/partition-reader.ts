import { HeadraceError } from '@headrace/core';
import type {
  Clock,
  Position,
  ReaderOptions,
  ReadLimit,
  ReadResult,
  SplitReader,
  StartAt,
  TopicPartition,
} from '@headrace/core';
import { outOfRange } from './assignment.ts';
import type { Assignment } from './assignment.ts';
import type { ClusterAdmin } from './cluster-admin.ts';
import type { PartitionFeed } from './partition-feed.ts';

/** What a reader reads and by whose time it waits. */
export interface PartitionReaderContext {
  readonly partition: TopicPartition;
  readonly start: StartAt;
  readonly options: ReaderOptions;
  readonly clock: Clock;
  readonly admin: Pick<ClusterAdmin, 'range' | 'offsetAt'>;
  /** Null where the partition belonged to no member when the reader was made. */
  readonly assignment: Assignment | null;
  /** Says where reading is over, given the present end; infinite where it never is. */
  endOf(partition: TopicPartition, high: number): number;
  closed(): void;
}

interface Opened {
  readonly feed: PartitionFeed | null;
  readonly end: number;
}

/**
 * Reads a partition that belongs to a member of the group; its positions are offsets. It opens at the first read, when the start is
 * resolved and checked. When the partition is lost, be it before the first read, it stays idle: who reads has been told, and closes it.
 */
export class PartitionReader implements SplitReader {
  readonly #context: PartitionReaderContext;
  #opening: Promise<Opened> | null = null;
  #feed: PartitionFeed | null = null;
  #next = 0;
  #first = 0;
  #end = Infinity;
  #stopWaiting: (() => void) | null = null;
  #closed = false;

  constructor(context: PartitionReaderContext) {
    this.#context = context;
  }

  /** Returns the bytes that were fetched and not read. */
  get bufferedBytes(): number {
    return this.#feed?.bytes ?? 0;
  }

  async read(limit: ReadLimit, signal: AbortSignal): Promise<ReadResult | 'idle' | 'end'> {
    signal.throwIfAborted();
    const { partition } = this.#context;
    if (this.#closed)
      throw new HeadraceError('READER_CLOSED', `The reader of "${partition}" is closed.`, {
        place: { split: partition },
      });
    const { feed, end } = await untilAborted(signal, this.#open());
    if (this.#next >= end) return 'end';
    const result = this.#take(feed, limit, end);
    if (result !== null) return result;
    if (limit.waitMs <= 0) return 'idle';
    await this.#wait(feed, limit.waitMs, signal);
    signal.throwIfAborted();
    return this.#closed ? 'idle' : (this.#take(feed, limit, end) ?? 'idle');
  }

  share(at: Position | null): { readonly done: number; readonly total: number } | null {
    if (this.#end === Infinity) return null;
    return { done: ((at as number | null) ?? this.#first) - this.#first, total: this.#end - this.#first };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#feed !== null) this.#context.assignment?.close(this.#context.partition, this.#feed);
    this.#stopWaiting?.();
    this.#context.closed();
  }

  #take(feed: PartitionFeed | null, limit: ReadLimit, end: number): ReadResult | null {
    const result = feed?.take(limit, end) ?? null;
    if (result !== null) this.#next = result.nextOffset;
    return result;
  }

  async #open(): Promise<Opened> {
    this.#opening ??= this.#resolve();
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }

  async #resolve(): Promise<Opened> {
    const { partition, start, options, admin, assignment } = this.#context;
    if (assignment === null) return { feed: null, end: Infinity };
    const { low, high } = await admin.range(partition);
    let from = await this.#from(start, low, high);
    if (from < low || from > high) {
      const { onOutOfRange = 'fail' } = options;
      if (onOutOfRange === 'fail') throw outOfRange(partition, from, low, high);
      const to = onOutOfRange === 'earliest' ? low : high;
      options.moved?.(from, to);
      from = to;
    }
    this.#next = this.#first = from;
    this.#end = this.#context.endOf(partition, high);
    this.#feed = this.#closed ? null : assignment.open(partition, from);
    return { feed: this.#feed, end: this.#end };
  }

  async #from(start: StartAt, low: number, high: number): Promise<number> {
    if (typeof start === 'number') return start;
    if (start === 'earliest') return low;
    if (start === 'latest') return high;
    return this.#context.admin.offsetAt(this.#context.partition, start.timestamp);
  }

  async #wait(feed: PartitionFeed | null, waitMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#context.clock.after(waitMs, () => stop());
      const stop = (): void => {
        cancel();
        feed?.onArrival(null);
        signal.removeEventListener('abort', stop);
        this.#stopWaiting = null;
        resolve();
      };
      this.#stopWaiting = stop;
      feed?.onArrival(stop);
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}

/** Waits for work, or rejects with the signal's reason; the work goes on. */
async function untilAborted<R>(signal: AbortSignal, work: Promise<R>): Promise<R> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
