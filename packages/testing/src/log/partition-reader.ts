import { HeadraceError } from '@headrace/core';
import type {
  Clock,
  ReaderOptions,
  ReadLimit,
  ReadResult,
  SplitProgress,
  SplitReader,
  StartAt,
  TopicPartition,
} from '@headrace/core';
import { columnsOfLog } from './log-record.ts';
import type { LogRecord } from './log-record.ts';
import type { StoredPartition } from './stored-topic.ts';

/** What a reader reads and by whose time it waits. */
export interface PartitionReaderContext {
  readonly name: TopicPartition;
  readonly clock: Clock;
  readonly partition: StoredPartition;
  readonly start: StartAt;
  readonly options: ReaderOptions;
  /** Where reading is over; null where it never is. */
  readonly end: number | null;
  /** Takes the fault that a test planned for this read. */
  fault(): HeadraceError | null;
  /** Learns that the reader is closed. */
  closed(): void;
}

/** Reads a partition of an in-memory Log; its positions are offsets. */
export class PartitionReader implements SplitReader {
  readonly #context: PartitionReaderContext;
  readonly #first: number;
  #next: number;
  #wake: (() => void) | null = null;
  #closed = false;

  constructor(context: PartitionReaderContext) {
    this.#context = context;
    this.#first = context.partition.resolve(context.start);
    this.#next = this.#first;
  }

  /** Returns the name of the partition. */
  get name(): TopicPartition {
    return this.#context.name;
  }

  /** Tells whether somebody waits here and everything that lies in the partition was read. */
  get caughtUp(): boolean {
    return this.waiting && this.#next === this.#context.partition.end;
  }

  /** Returns the offset of the next record to read. */
  get position(): number {
    return this.#next;
  }

  /** Tells whether somebody waits here for records that have yet to come. */
  get waiting(): boolean {
    return this.#wake !== null;
  }

  async read(limit: ReadLimit, signal: AbortSignal): Promise<ReadResult | 'idle' | 'end'> {
    signal.throwIfAborted();
    this.#check();
    const jumped = this.#leaveRange();
    if (jumped !== null) return jumped;
    const first = this.#take(limit);
    if (first !== 'idle' || limit.waitMs <= 0) return first;
    await this.#wait(limit.waitMs, signal);
    signal.throwIfAborted();
    if (this.#closed) return 'idle';
    this.#check();
    return this.#leaveRange() ?? this.#take(limit);
  }

  progress(): SplitProgress {
    return { isReading: true, first: this.#first, end: this.#context.partition.end, heldBackMs: 0, bufferedBytes: 0 };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#context.closed();
    this.#wake?.();
  }

  #check(): void {
    const { name, partition, options } = this.#context;
    const place = { split: name, offset: this.#next };
    if (this.#closed) throw new HeadraceError('READER_CLOSED', `The reader of "${name}" is closed.`, { place });
    const fault = this.#context.fault();
    if (fault !== null) throw fault;
    if (this.#isOutOfRange && (options.onOutOfRange ?? 'fail') === 'fail')
      throw new HeadraceError(
        'OFFSET_OUT_OF_RANGE',
        `Offset ${this.#next} of "${name}" does not exist: the partition holds ${partition.start} to ${partition.end}.`,
        { place },
      );
  }

  get #isOutOfRange(): boolean {
    const { partition } = this.#context;
    return this.#next < partition.start || this.#next > partition.end;
  }

  #leaveRange(): ReadResult | null {
    const { partition, options } = this.#context;
    if (!this.#isOutOfRange) return null;
    const from = this.#next;
    this.#next = options.onOutOfRange === 'latest' ? partition.end : partition.start;
    options.moved?.(from, this.#next);
    return { records: null, next: this.#next, nextOffset: this.#next };
  }

  #take(limit: ReadLimit): ReadResult | 'idle' | 'end' {
    const { partition, end } = this.#context;
    const until = Math.min(partition.end, end ?? Infinity, this.#next + Math.max(1, limit.records));
    if (end !== null && this.#next >= end) return 'end';
    if (until <= this.#next) return 'idle';
    const records = within(partition.slice(this.#next, until), limit.bytes);
    this.#next += records.length;
    return { records: columnsOfLog(records), next: this.#next, nextOffset: this.#next };
  }

  async #wait(waitMs: number, signal: AbortSignal): Promise<void> {
    const undo: (() => void)[] = [];
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      undo.push(this.#context.clock.after(waitMs, resolve), this.#context.partition.onAppend(resolve));
      const abort = (): void => resolve();
      signal.addEventListener('abort', abort, { once: true });
      undo.push(() => signal.removeEventListener('abort', abort));
    });
    this.#wake = null;
    for (const one of undo) one();
  }
}

/** Cuts records to a number of bytes; one is always taken, so that a large record cannot stop the reader. */
function within(records: readonly LogRecord[], bytes: number): readonly LogRecord[] {
  let size = 0;
  const count = records.findIndex((record, index) => {
    size += (record.key?.length ?? 0) + (record.value?.length ?? 0);
    return index > 0 && size > bytes;
  });
  return count < 0 ? records : records.slice(0, count);
}
