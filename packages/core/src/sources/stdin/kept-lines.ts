import type { Readable } from 'node:stream';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { LineScanner, type ScanLimit } from '../file/line-scanner.ts';

/** A line and its running number. */
export interface KeptLine {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** How the lines of a stream are read. */
export interface KeptLinesOptions {
  /** The number of the first line. */
  readonly first: number;
  readonly maxLine: number;
  readonly node: string;
  /** Whether empty lines are no records, as in NDJSON. */
  readonly skipEmpty: boolean;
}

const byteOrderMark = [0xef, 0xbb, 0xbf];

/**
 * Reads the lines of a stream as they are asked for and keeps those that were not committed yet: a stream says nothing twice, but a
 * task that goes back within this process finds them here.
 */
export class KeptLines {
  readonly #input: AsyncIterator<Uint8Array>;
  readonly #scanner: LineScanner;
  readonly #maxLine: number;
  readonly #node: string;
  /** Without gaps: each has the number after that of the one before. */
  #lines: KeptLine[] = [];
  #next: number;
  #isFirst = true;
  #ended = false;
  #failure: HeadraceError | null = null;
  #reading: Promise<void> | null = null;

  constructor(stream: Readable, { first, maxLine, node, skipEmpty }: KeptLinesOptions) {
    this.#input = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.#scanner = new LineScanner(skipEmpty);
    this.#next = first;
    this.#maxLine = maxLine;
    this.#node = node;
  }

  /** Returns lines from an offset on, one at least where one is there; none where none has come yet, null at the end. */
  from(offset: number, most: ScanLimit): readonly KeptLine[] | null {
    const start = Math.max(0, offset - (this.#lines[0]?.offset ?? 0));
    let end = start;
    for (let bytes = 0; end < this.#lines.length && end - start < most.records; end++) {
      bytes += (this.#lines[end] as KeptLine).bytes.length;
      if (end > start && bytes > most.bytes) break;
    }
    return end === start && this.#ended ? null : this.#lines.slice(start, end);
  }

  /** Resolves when more has come, or the end. One who waits does not take it from another. Throws what ended the stream, to everybody. */
  async more(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** Forgets lines that are committed. */
  forget(before: number): void {
    const first = this.#lines[0];
    if (first !== undefined && first.offset < before) this.#lines = this.#lines.slice(before - first.offset);
  }

  async #read(): Promise<void> {
    if (this.#ended) return;
    try {
      const piece = await this.#input.next();
      if (piece.done === true) this.#ended = true;
      else this.#scanner.add(Buffer.from(piece.value));
      const { buffer, starts, ends } = this.#scanner.take({ records: Infinity, bytes: Infinity }, this.#ended);
      starts.forEach((start, i) => this.#keep(buffer.slice(start, ends[i])));
      if (this.#scanner.pending > this.#maxLine) throw this.#tooLong();
    } catch (thrown) {
      // A stream that failed says afterwards that it has ended: whoever asks later must hear why.
      throw (this.#failure = this.#failed(thrown));
    }
  }

  #keep(line: Uint8Array): void {
    const isMarked = this.#isFirst && byteOrderMark.every((byte, index) => line[index] === byte);
    const bytes = isMarked ? line.subarray(byteOrderMark.length) : line;
    this.#isFirst = false;
    if (bytes.length > this.#maxLine) throw this.#tooLong();
    this.#lines.push({ offset: this.#next++, bytes });
  }

  #tooLong(): HeadraceError {
    const message = `A line of the standard input is longer than ${String(this.#maxLine)} bytes. Allow more with "maxLine".`;
    return new HeadraceError('LINE_TOO_LONG', message, { place: { node: this.#node, offset: this.#next } });
  }

  #failed(thrown: unknown): HeadraceError {
    if (thrown instanceof HeadraceError) return thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return new HeadraceError('READ_FAILED', `The standard input cannot be read: ${reason}.`, {
      place: { node: this.#node },
      cause: thrown,
    });
  }
}
