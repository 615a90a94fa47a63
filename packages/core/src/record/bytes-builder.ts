import type { BytesColumn } from './columns.ts';

const firstRows = 64;
const firstBytes = 4096;
/** A work buffer that has grown beyond this is not kept. */
const keptBytes = 4 << 20;

/**
 * Gathers one byte range a row into a column: over the buffer that the ranges lie in as long as there is only one, so that nothing is
 * copied; else in a buffer of its own.
 */
export class BytesBuilder {
  #starts = new Int32Array(firstRows);
  #ends = new Int32Array(firstRows);
  #count = 0;
  #read: Uint8Array | null = null;
  #copies = false;
  #own = Buffer.allocUnsafeSlow(0);
  #size = 0;

  /** Adds a row without a value. */
  addNull(): void {
    this.#add(-1, -1);
  }

  /** Adds a row that lies in a buffer, which stays as it is. */
  addRange(buffer: Uint8Array, start: number, end: number): void {
    if (start < 0) return this.addNull();
    if (!this.#copies && (this.#read === null || this.#read === buffer)) {
      this.#read = buffer;
      this.#add(start, end);
    } else this.#copy(buffer, start, end);
  }

  /** Adds a row whose bytes are copied. */
  addBytes(bytes: Uint8Array): void {
    this.#copy(bytes, 0, bytes.length);
  }

  /** Returns what was added and begins anew. */
  take(): BytesColumn {
    const count = this.#count;
    const buffer = this.#copies || this.#read === null ? this.#taken() : this.#read;
    const starts = this.#starts.slice(0, count);
    const ends = this.#ends.slice(0, count);
    this.clear();
    return { kind: 'bytes', buffer, starts, ends, schemaIds: null };
  }

  /** Forgets what was added. */
  clear(): void {
    this.#count = 0;
    this.#size = 0;
    this.#read = null;
    this.#copies = false;
    if (this.#own.length > keptBytes) this.#own = Buffer.allocUnsafeSlow(0);
  }

  #taken(): Buffer {
    const buffer = Buffer.allocUnsafeSlow(this.#size);
    this.#own.copy(buffer, 0, 0, this.#size);
    return buffer;
  }

  #add(start: number, end: number): void {
    const at = this.#count++;
    if (at === this.#starts.length) this.#growRows();
    this.#starts[at] = start;
    this.#ends[at] = end;
  }

  #copy(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#copies) this.#beginCopies();
    const at = this.#append(bytes, start, end);
    this.#add(at, this.#size);
  }

  /** Copies what was a range of another buffer up to now. */
  #beginCopies(): void {
    this.#copies = true;
    const read = this.#read;
    if (read === null) return;
    for (let row = 0; row < this.#count; row++) {
      const start = this.#starts[row] as number;
      if (start < 0) continue;
      this.#starts[row] = this.#append(read, start, this.#ends[row] as number);
      this.#ends[row] = this.#size;
    }
  }

  /** Returns where the copy begins; it ends at the size after it. */
  #append(bytes: Uint8Array, start: number, end: number): number {
    const at = this.#size;
    this.#size = at + end - start;
    if (this.#size > this.#own.length) {
      const own = Buffer.allocUnsafeSlow(Math.max(firstBytes, this.#size * 2));
      this.#own.copy(own, 0, 0, at);
      this.#own = own;
    }
    this.#own.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at);
    return at;
  }

  #growRows(): void {
    const grown = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(column.length * 2);
      larger.set(column);
      return larger;
    };
    this.#starts = grown(this.#starts);
    this.#ends = grown(this.#ends);
  }
}
