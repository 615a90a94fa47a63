import type { Columns } from '../record/columns.ts';
import type { Position } from './position.ts';

/** What `read` may take at most, and how long it may wait for something to come. */
export interface ReadLimit {
  readonly records: number;
  readonly bytes: number;
  readonly waitMs: number;
}

/** Records and the position after them. `records` null: the position moved past records that nobody may see. */
export interface ReadResult {
  readonly records: Columns | null;
  readonly next: Position;
  /** The offset of the next record: greater than that of every record before. */
  readonly nextOffset: number;
}

/** What a reader of a partition knows of it without asking. */
export interface SplitProgress {
  /** Whether the first answer has come: what there is to read, will be read. */
  readonly isReading: boolean;
  /** The offset at which this reader began; null while it is not known. */
  readonly first: number | null;
  /** The offset behind the last record that may be read; null while it is not known. */
  readonly end: number | null;
  /** For how long an open transaction has kept the reading where it is, in milliseconds; 0 where none does. */
  readonly heldBackMs: number;
  /** The bytes that were fetched ahead and wait to be read. */
  readonly bufferedBytes: number;
}

/** Reads one split; pulled, never pushing: what is not asked for is not fetched further than a bound. */
export interface SplitReader {
  read(limit: ReadLimit, signal: AbortSignal): Promise<ReadResult | 'idle' | 'end'>;
  /** Called when a position is committed, for sources that acknowledge. */
  committed?(at: Position): Promise<void>;
  /**
   * How far a position is in the split (null: where this reader began), in whatever the source counts: bytes, records. Null or absent where
   * the end is not known. Asked seldom, answers at once.
   */
  share?(at: Position | null): { readonly done: number; readonly total: number } | null;
  /** How far the split goes, for readers that know; asked seldom, answers at once. */
  progress?(): SplitProgress;
  close(): Promise<void>;
}
