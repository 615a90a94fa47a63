import type { RecordScanner, ScanLimit, ScannedLines } from './line-scanner.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Where a scan stands within a record. */
type State = 'cell' | 'plain' | 'quoted' | 'closed';

/**
 * Cuts bytes of CSV that come in pieces into records (RFC 4180): a line break within a quoted cell does not end one. Delimiter and
 * quote are one byte each. What follows a closing quote is a matter of whoever reads the cells; the record ends with its line.
 */
export class CsvScanner implements RecordScanner {
  readonly #delimiter: number;
  readonly #quote: number;
  #buffer: Uint8Array = new Uint8Array(0);
  /** How far the record at the beginning of the buffer was looked through, and where that came to. */
  #searched = 0;
  #state: State = 'cell';

  constructor({ delimiter, quote }: { readonly delimiter: string; readonly quote: string }) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quote = quote.charCodeAt(0);
  }

  get pending(): number {
    return this.#buffer.length;
  }

  add(bytes: Uint8Array): void {
    this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes]);
  }

  take(limit: ScanLimit, atEnd: boolean): ScannedLines {
    const starts: number[] = [];
    const ends: number[] = [];
    const buffer = this.#buffer;
    let at = 0;
    while (starts.length < limit.records && at < buffer.length) {
      const found = this.#endOf(Math.max(at, this.#searched));
      if (found < 0 && !atEnd) break;
      const next = found < 0 ? buffer.length : found + 1;
      if (starts.length > 0 && next > limit.bytes) {
        this.#restart(at);
        break;
      }
      let end = found < 0 ? buffer.length : found;
      if (end > at && buffer[end - 1] === carriageReturn && this.#state !== 'quoted') end--;
      if (end > at) {
        starts.push(at);
        ends.push(end);
      }
      at = next;
      this.#restart(at);
    }
    this.#buffer = buffer.subarray(at);
    this.#searched -= at;
    return { buffer, starts: Int32Array.from(starts), ends: Int32Array.from(ends), consumed: at };
  }

  #restart(at: number): void {
    this.#state = 'cell';
    this.#searched = at;
  }

  /** Finds the line break that ends a record which was looked through up to a place; -1 where it is not there yet. */
  #endOf(from: number): number {
    const buffer = this.#buffer;
    // Most records have no quote: then the line is the record.
    if (this.#state !== 'quoted' && this.#state !== 'closed') {
      const lineEnd = buffer.indexOf(newline, from);
      const quote = buffer.subarray(from, lineEnd < 0 ? buffer.length : lineEnd).indexOf(this.#quote);
      if (quote < 0 && lineEnd >= 0) return lineEnd;
    }
    let state = this.#state;
    let at = from;
    for (; at < buffer.length; at++) {
      const byte = buffer[at] as number;
      if (state === 'quoted') {
        if (byte === this.#quote) state = 'closed';
      } else if (byte === newline) break;
      else if (byte === this.#quote && state !== 'plain') state = 'quoted';
      else state = byte === this.#delimiter ? 'cell' : 'plain';
    }
    this.#state = state;
    this.#searched = at;
    return at < buffer.length ? at : -1;
  }
}
