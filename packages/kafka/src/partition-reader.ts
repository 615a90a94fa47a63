import { HeadraceError } from '@headrace/core';
import type {
  Clock,
  Position,
  ReaderOptions,
  ReadLimit,
  ReadResult,
  SplitProgress,
  SplitReader,
  StartAt,
  TopicPartition,
} from '@headrace/core';
import type { OffsetLookup } from './cluster/offset-lookup.ts';
import type { Fetcher } from './fetch/fetcher.ts';
import type { Reading } from './fetch/reading.ts';
import { parseTopicPartition } from './topic-partition.ts';

/** What a reader reads and by whose time it waits. */
export interface PartitionReaderContext {
  readonly partition: TopicPartition;
  readonly start: StartAt;
  readonly options: ReaderOptions;
  readonly clock: Clock;
  readonly fetcher: Fetcher;
  readonly offsets: OffsetLookup;
  /** Says where reading is over, given a way to ask for the present end; null where it never is. */
  readonly end: ((ask: () => Promise<number>) => Promise<number>) | null;
  closed(): void;
}

interface Opened {
  readonly reading: Reading;
  readonly end: number;
}

/** Reads a partition; its positions are offsets. It opens at the first read, when the start is resolved. */
export class PartitionReader implements SplitReader {
  readonly #context: PartitionReaderContext;
  #opening: Promise<Opened> | null = null;
  #opened: Opened | null = null;
  #next = 0;
  #first = 0;
  #stopWaiting: (() => void) | null = null;
  #closed = false;

  constructor(context: PartitionReaderContext) {
    this.#context = context;
  }

  async read(limit: ReadLimit, signal: AbortSignal): Promise<ReadResult | 'idle' | 'end'> {
    signal.throwIfAborted();
    const { partition } = this.#context;
    if (this.#closed)
      throw new HeadraceError('READER_CLOSED', `The reader of "${partition}" is closed.`, {
        place: { split: partition },
      });
    const opened = this.#opened ?? (await untilAborted(signal, this.#open()));
    const first = this.#take(opened, limit);
    if (first !== null) return first;
    if (limit.waitMs <= 0) return 'idle';
    await this.#wait(opened.reading, limit.waitMs, signal);
    signal.throwIfAborted();
    return this.#closed ? 'idle' : (this.#take(opened, limit) ?? 'idle');
  }

  share(at: Position | null): { readonly done: number; readonly total: number } | null {
    const end = this.#opened?.end ?? Infinity;
    if (end === Infinity) return null;
    return { done: ((at as number | null) ?? this.#first) - this.#first, total: end - this.#first };
  }

  progress(): SplitProgress {
    const reading = this.#opened?.reading;
    const bufferedBytes = reading?.feed.bytes ?? 0;
    const progress = reading?.progress ?? null;
    if (reading === undefined || progress === null)
      return { isReading: false, first: null, end: null, heldBackMs: 0, bufferedBytes };
    const end = reading.readCommitted ? progress.lastStableOffset : progress.highWatermark;
    return { isReading: true, first: this.#first, end, heldBackMs: reading.heldBackMs, bufferedBytes };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#opened !== null) this.#context.fetcher.close(this.#opened.reading);
    this.#stopWaiting?.();
    this.#context.closed();
  }

  #take({ reading, end }: Opened, limit: ReadLimit): ReadResult | 'end' | null {
    if (this.#next >= end) return 'end';
    const result = reading.feed.take(limit, end);
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
    const { partition: name, end: endOf, offsets, fetcher, options } = this.#context;
    const { topic, partition } = parseTopicPartition(name);
    const [from, end] = await Promise.all([
      this.#from(topic, partition),
      endOf === null ? Infinity : endOf(() => offsets.end(topic, partition)),
    ]);
    this.#next = this.#first = from;
    const opened = { reading: await fetcher.open(topic, partition, from, options), end };
    if (this.#closed) fetcher.close(opened.reading);
    this.#opened = opened;
    return opened;
  }

  async #from(topic: string, partition: number): Promise<number> {
    const { start, offsets } = this.#context;
    if (typeof start === 'number') return start;
    if (start === 'earliest') return offsets.beginning(topic, partition);
    if (start === 'latest') return offsets.end(topic, partition);
    return offsets.at(topic, partition, start.timestamp);
  }

  async #wait({ feed }: Reading, waitMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#context.clock.after(waitMs, () => stop());
      const stop = (): void => {
        cancel();
        feed.onArrival(null);
        signal.removeEventListener('abort', stop);
        this.#stopWaiting = null;
        resolve();
      };
      this.#stopWaiting = stop;
      feed.onArrival(stop);
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
