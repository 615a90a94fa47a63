import type { Readable } from 'node:stream';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { LineScanner } from '../file/line-scanner.ts';

/** A line and its running number. */
export interface KeptLine {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads the lines of a stream as they are asked for and keeps those that were not committed yet: a stream says nothing twice, but a
 * task that goes back within this process finds them here.
 */
export class KeptLines {
  readonly #input: AsyncIterator<Uint8Array>;
  readonly #scanner = new LineScanner(false);
  readonly #maxLine: number;
  readonly #node: string;
  #lines: KeptLine[] = [];
  #next: number;
  #ended = false;
  #reading: Promise<void> | null = null;

  constructor(stream: Readable, first: number, maxLine: number, node: string) {
    this.#input = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.#next = first;
    this.#maxLine = maxLine;
    this.#node = node;
  }

  /** Returns lines from an offset on; none where none has come yet, null at the end. */
  from(offset: number, most: number): readonly KeptLine[] | null {
    const lines = this.#lines.filter((line) => line.offset >= offset).slice(0, most);
    return lines.length === 0 && this.#ended ? null : lines;
  }

  /** Resolves when more has come, or the end. One who waits does not take it from another. */
  more(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** Forgets lines that are committed. */
  forget(before: number): void {
    this.#lines = this.#lines.filter(({ offset }) => offset >= before);
  }

  async #read(): Promise<void> {
    if (this.#ended) return;
    const piece = await this.#input.next();
    if (piece.done === true) this.#ended = true;
    else this.#scanner.add(Buffer.from(piece.value));
    const { buffer, starts, ends } = this.#scanner.take({ records: Infinity, bytes: Infinity }, this.#ended);
    starts.forEach((start, i) => this.#keep(buffer.slice(start, ends[i])));
    if (this.#scanner.pending > this.#maxLine) this.#keep(new Uint8Array(this.#scanner.pending));
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length > this.#maxLine)
      throw new HeadraceError(
        'LINE_TOO_LONG',
        `A line of the standard input is longer than ${String(this.#maxLine)} bytes. Allow more with "maxLine".`,
        {
          place: { node: this.#node, offset: this.#next },
        },
      );
    this.#lines.push({ offset: this.#next++, bytes });
  }
}
