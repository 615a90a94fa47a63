import { nullColumn, type Columns, type Header } from '@headrace/core';
import { readRecordHeaders, type RecordColumns } from '@headrace/protocol';

/** The rows and the bytes at which columns are full: what a task takes at once is bounded by its memory. */
const mostRows = 4096;
const mostBytes = 1 << 20;

/** Gathers the records of batches that lie in one buffer into columns over it; nothing but numbers is copied. */
export class ColumnsBuilder {
  readonly #done: Columns[] = [];
  #buffer: Buffer | null = null;
  #count = 0;
  #bytes = 0;
  #offsets = new Float64Array(mostRows);
  #timestamps = new Float64Array(mostRows);
  #keyStarts = new Int32Array(mostRows);
  #keyEnds = new Int32Array(mostRows);
  #valueStarts = new Int32Array(mostRows);
  #valueEnds = new Int32Array(mostRows);
  #headers: (readonly Header[] | null)[] | null = null;

  /** Adds the records from an offset on. */
  add(records: RecordColumns, from: number): void {
    if (records.buffer !== this.#buffer) {
      this.#flush();
      this.#buffer = records.buffer;
    }
    for (let row = 0; row < records.count; row++)
      if ((records.offsets[row] as number) >= from) this.#addRow(records, row);
  }

  /** Returns all columns and begins anew. */
  take(): Columns[] {
    this.#flush();
    this.#buffer = null;
    return this.#done.splice(0);
  }

  #addRow(records: RecordColumns, row: number): void {
    const bytes = (records.headerEnds[row] as number) - beginning(records, row);
    if (this.#count === mostRows || (this.#count > 0 && this.#bytes + bytes > mostBytes)) this.#flush();
    const at = this.#count;
    this.#offsets[at] = records.offsets[row] as number;
    this.#timestamps[at] = records.timestamps[row] as number;
    this.#keyStarts[at] = records.keyStarts[row] as number;
    this.#keyEnds[at] = records.keyEnds[row] as number;
    this.#valueStarts[at] = records.valueStarts[row] as number;
    this.#valueEnds[at] = records.valueEnds[row] as number;
    const headersAt = records.headerStarts[row] as number;
    // A count of none is one zero byte.
    if (records.buffer[headersAt] !== 0) {
      this.#headers ??= [];
      while (this.#headers.length < at) this.#headers.push(null);
      this.#headers.push(readRecordHeaders(records.buffer, headersAt, records.headerEnds[row] as number));
    }
    this.#count = at + 1;
    this.#bytes += bytes;
  }

  #flush(): void {
    const count = this.#count;
    const buffer = this.#buffer;
    const headers = this.#headers;
    if (count === 0 || buffer === null) return;
    const bytes = (starts: Int32Array, ends: Int32Array) =>
      ({ kind: 'bytes', buffer, starts: starts.slice(0, count), ends: ends.slice(0, count), schemaIds: null }) as const;
    while (headers !== null && headers.length < count) headers.push(null);
    this.#done.push({
      count,
      offsets: this.#offsets.slice(0, count),
      timestamps: this.#timestamps.slice(0, count),
      keys: bytes(this.#keyStarts, this.#keyEnds),
      values: bytes(this.#valueStarts, this.#valueEnds),
      headers: headers === null ? nullColumn(count) : { kind: 'objects', items: headers },
    });
    this.#count = 0;
    this.#bytes = 0;
    this.#headers = null;
  }
}

/** Returns where the bytes of a record begin that are more than numbers: a null has no place. */
function beginning({ keyStarts, valueStarts, headerStarts }: RecordColumns, row: number): number {
  const key = keyStarts[row] as number;
  if (key >= 0) return key;
  const value = valueStarts[row] as number;
  return value >= 0 ? value : (headerStarts[row] as number);
}
