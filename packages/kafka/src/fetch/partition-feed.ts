import { HeldBuffers, memoryOf, sliceColumns } from '@headrace/core';
import type { Columns, HeadraceError, ReadLimit, ReadResult } from '@headrace/core';

/** Stops and continues the fetch of one partition. */
export interface FetchControl {
  pause(): void;
  resume(): void;
}

interface Piece {
  /** Null where the position only moved. */
  readonly records: Columns | null;
  /** What it is charged beside the buffer that it may share with others, and the bytes of its keys and values alone. */
  readonly bytes: number;
  readonly dataBytes: number;
  readonly next: number;
}

/** What a piece costs beside its bytes: flat, and for each row. */
const pieceCost = 1024;
const rowCost = 32;

/** Holds what was fetched of one partition until it is read: in order, without holes, bounded by pausing the fetch. */
export class PartitionFeed {
  readonly #control: FetchControl;
  readonly #limitBytes: () => number;
  readonly #pieces: Piece[] = [];
  #expected: number;
  readonly #held = new HeldBuffers();
  #bytes = 0;
  #isPaused = false;
  #ended = false;
  #error: HeadraceError | null = null;
  #wake: (() => void) | null = null;

  /** `limitBytes` says, each time anew, how much may wait: one fetch may go beyond. */
  constructor(from: number, limitBytes: () => number, control: FetchControl) {
    this.#expected = from;
    this.#limitBytes = limitBytes;
    this.#control = control;
  }

  /** Returns the offset with which the next fetch must begin. */
  get expected(): number {
    return this.#expected;
  }

  /** Returns the bytes that wait to be read: whole buffers, each once, until the last piece of them is taken. */
  get bytes(): number {
    return this.#bytes + this.#held.bytes;
  }

  /** Tells whether nothing more will come: by an error, or by the end of the reading. */
  get isOver(): boolean {
    return this.#ended || this.#error !== null;
  }

  /** Adds fetched pieces; the fetch covered all offsets below `next`. */
  add(pieces: readonly Columns[], next: number): void {
    if (this.isOver) return;
    pieces.forEach((records, index) => {
      const isLast = index === pieces.length - 1;
      const bytes = pieceCost + records.count * rowCost;
      this.#held.hold(memoryOf(records));
      const after = isLast ? next : afterRow(records, records.count - 1);
      this.#pieces.push({ records, bytes, dataBytes: dataBytesOf(records), next: after });
      this.#bytes += bytes;
    });
    if (pieces.length === 0) this.#skip(next);
    this.#expected = next;
    if (this.bytes >= this.#limitBytes()) this.#pause();
    this.#notify();
  }

  /** Goes on at another offset: what lies between cannot be read. Back only before anything was added. */
  jump(to: number): void {
    if (this.isOver) return;
    this.#skip(to);
    this.#expected = to;
    this.#notify();
  }

  /** Ends the feed with an error, which is thrown when all before it has been read. */
  fail(error: HeadraceError): void {
    if (this.isOver) return;
    this.#error = error;
    this.#pause();
    this.#notify();
  }

  /** Ends the feed without a word: nobody reads any more. */
  end(): void {
    this.#ended = true;
    this.#pieces.length = 0;
    this.#held.clear();
    this.#bytes = 0;
    this.#notify();
  }

  /** Takes the oldest records within the limits and below `end`; null where nothing waits. What lies beyond `end` moves the position there. */
  take(limit: ReadLimit, end: number): ReadResult | null {
    const piece = this.#pieces[0];
    if (piece === undefined) {
      if (this.#error !== null) throw this.#error;
      return null;
    }
    if (piece.records === null) {
      this.#pieces.shift();
      return { records: null, next: piece.next, nextOffset: piece.next };
    }
    const count = rowsWithin(piece, piece.records, limit, end);
    if (count === 0) return { records: null, next: end, nextOffset: end };
    const isWhole = count === piece.records.count;
    const next = isWhole ? piece.next : afterRow(piece.records, count - 1);
    const taken = isWhole ? piece.records : sliceColumns(piece.records, 0, count);
    if (isWhole) this.#remove();
    else {
      const records = sliceColumns(piece.records, count, piece.records.count);
      this.#pieces[0] = { ...piece, records, dataBytes: dataBytesOf(records) };
    }
    return { records: taken, next, nextOffset: next };
  }

  /** Calls `wake` when something arrives or the feed ends; null for nobody. */
  onArrival(wake: (() => void) | null): void {
    this.#wake = wake;
  }

  #skip(next: number): void {
    if (this.#pieces.at(-1)?.records === null) this.#pieces.pop();
    this.#pieces.push({ records: null, bytes: 0, dataBytes: 0, next });
  }

  #remove(): void {
    const piece = this.#pieces.shift();
    this.#bytes -= piece?.bytes ?? 0;
    if ((piece?.records ?? null) !== null) this.#held.letGo(memoryOf(piece?.records as Columns));
    if (!this.#isPaused || this.#error !== null || this.bytes > this.#limitBytes() / 2) return;
    this.#isPaused = false;
    this.#control.resume();
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#control.pause();
  }

  #notify(): void {
    this.#wake?.();
  }
}

function afterRow(records: Columns, row: number): number {
  return (records.offsets[row] as number) + 1;
}

/** Counts the first rows that fit; one always does, so that a large record cannot stop the reader. */
function rowsWithin(piece: Piece, records: Columns, limit: ReadLimit, end: number): number {
  const { count } = records;
  if (count <= limit.records && piece.dataBytes <= limit.bytes && (records.offsets[count - 1] as number) < end)
    return count;
  const most = Math.min(count, Math.max(1, limit.records));
  let bytes = 0;
  for (let row = 0; row < most; row++) {
    if ((records.offsets[row] as number) >= end) return row;
    bytes += rowBytes(records, row);
    if (row > 0 && bytes > limit.bytes) return row;
  }
  return most;
}

function dataBytesOf(records: Columns): number {
  let bytes = 0;
  for (let row = 0; row < records.count; row++) bytes += rowBytes(records, row);
  return bytes;
}

function rowBytes({ keys, values }: Columns, row: number): number {
  let bytes = 0;
  if (keys.kind === 'bytes') bytes += (keys.ends[row] as number) - (keys.starts[row] as number);
  if (values.kind === 'bytes') bytes += (values.ends[row] as number) - (values.starts[row] as number);
  return bytes;
}
