/** What a scan may take. */
export interface ScanLimit {
  readonly records: number;
  readonly bytes: number;
}

/** Lines as ranges of the scanner's buffer, and how far they reach. */
export interface ScannedLines {
  readonly buffer: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** How many bytes were consumed, line ends and skipped lines included. */
  readonly consumed: number;
}

/** Cuts bytes that come in pieces into records. */
export interface RecordScanner {
  /** How many bytes wait for the end of their record. */
  readonly pending: number;
  add(bytes: Uint8Array): void;
  /** Takes the complete records, and with `atEnd` the last one too: as many as the limit allows, but one at least. */
  take(limit: ScanLimit, atEnd: boolean): ScannedLines;
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Cuts bytes that come in pieces into lines. A line end is `\n` or `\r\n`; the last line may lack it. */
export class LineScanner implements RecordScanner {
  readonly #skipEmpty: boolean;
  #buffer: Uint8Array = new Uint8Array(0);
  /** How far the buffer is known to hold no line end. */
  #searched = 0;

  constructor(skipEmpty: boolean) {
    this.#skipEmpty = skipEmpty;
  }

  /** How many bytes wait for the end of their line. */
  get pending(): number {
    return this.#buffer.length;
  }

  add(bytes: Uint8Array): void {
    this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes]);
  }

  /** Takes the complete lines, and with `atEnd` the last one too: as many as the limit allows, but one at least. */
  take(limit: ScanLimit, atEnd: boolean): ScannedLines {
    const starts: number[] = [];
    const ends: number[] = [];
    const buffer = this.#buffer;
    let at = 0;
    while (starts.length < limit.records && at < buffer.length) {
      const found = buffer.indexOf(newline, Math.max(at, this.#searched));
      if (found < 0 && !atEnd) break;
      const next = found < 0 ? buffer.length : found + 1;
      if (starts.length > 0 && next > limit.bytes) break;
      let end = found < 0 ? buffer.length : found;
      if (end > at && buffer[end - 1] === carriageReturn) end--;
      if (end > at || !this.#skipEmpty) {
        starts.push(at);
        ends.push(end);
      }
      at = next;
    }
    this.#buffer = buffer.subarray(at);
    this.#searched = at === 0 && starts.length === 0 && !atEnd ? buffer.length : 0;
    return { buffer, starts: Int32Array.from(starts), ends: Int32Array.from(ends), consumed: at };
  }
}
