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
  close(): Promise<void>;
}
