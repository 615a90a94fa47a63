import { isUtf8 } from 'node:buffer';
import { AvroError } from './avro-error.ts';
import { ITEMS_OF_MAP, MAX_DEPTH, MAX_ITEMS } from './limits.ts';

const NOTHING: Buffer = Buffer.alloc(0);
const SHORT_TEXT = 8;

/** Reads one value. */
export type Read = (reader: Reader) => unknown;

/**
 * Reads the parts of one datum and guards them: nothing is allocated for a length or count
 * before the bytes that it speaks of are known to be there (Avro 1.12, "Binary Encoding").
 */
export class Reader {
  private buffer = NOTHING;
  private position = 0;
  private end = 0;
  private items = 0;
  private depth = 0;
  // What the last varint of more than 28 bits was made of: 28, 28 and 8 bits.
  private low = 0;
  private middle = 0;
  private high = 0;

  /** Points the reader at the bytes of a datum. */
  open(bytes: Uint8Array, start: number, end: number): void {
    if (!(start >= 0 && start <= end && end <= bytes.length)) throw new RangeError('The datum is not in the buffer.');
    this.buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.position = start;
    this.end = end;
    this.items = 0;
    this.depth = 0;
  }

  /** Lets go of the bytes. */
  close(): void {
    this.buffer = NOTHING;
  }

  /** Where the next value begins. */
  get offset(): number {
    return this.position;
  }

  /** Checks that the datum was all that there is. */
  expectEnd(): void {
    if (this.position === this.end) return;
    throw new AvroError('TRAILING_BYTES', `${this.end - this.position} bytes follow the datum`);
  }

  /** Enters a record or array. */
  enter(): void {
    if (++this.depth > MAX_DEPTH) throw new AvroError('TOO_DEEP', `values nest more than ${MAX_DEPTH} deep`);
  }

  /** Enters a map, which counts by itself too. */
  enterMap(): void {
    this.enter();
    this.countItems(ITEMS_OF_MAP);
  }

  /** Leaves a record, array or map. */
  leave(): void {
    this.depth--;
  }

  readBoolean(): boolean {
    this.need(1);
    const byte = this.buffer[this.position++];
    if (byte === 0) return false;
    if (byte === 1) return true;
    throw new AvroError('BAD_BOOLEAN', `a boolean is 0 or 1, not ${byte}`);
  }

  readInt(): number {
    const value = this.readVarint();
    if ((value | 0) === value) return value;
    throw new AvroError('BAD_VARINT', 'the int has more than 32 bits');
  }

  readLong(): number {
    const value = this.readVarint();
    if (Number.isSafeInteger(value)) return value;
    throw new AvroError('LONG_NOT_SAFE', `the long ${this.exactVarint()} cannot be held exactly in a number`);
  }

  readBigLong(): bigint {
    const value = this.readVarint();
    return Number.isSafeInteger(value) ? BigInt(value) : this.exactVarint();
  }

  /** Reads a long as the number that is nearest to it. */
  readLongAsDouble(): number {
    const value = this.readVarint();
    return Number.isSafeInteger(value) ? value : Number(this.exactVarint());
  }

  readFloat(): number {
    this.need(4);
    const value = this.buffer.readFloatLE(this.position);
    this.position += 4;
    return value;
  }

  readDouble(): number {
    this.need(8);
    const value = this.buffer.readDoubleLE(this.position);
    this.position += 8;
    return value;
  }

  readString(): string {
    const length = this.readLength();
    const start = this.position;
    const end = start + length;
    this.position = end;
    if (length <= SHORT_TEXT) {
      let text = '';
      let position = start;
      for (; position < end; position++) {
        const byte = this.buffer[position] as number;
        if (byte > 0x7f) break;
        text += String.fromCharCode(byte);
      }
      if (position === end) return text;
    }
    const text = this.buffer.toString('utf8', start, end);
    // Invalid bytes become U+FFFD, which may also have been written as such.
    if (text.includes('\ufffd') && !isUtf8(this.buffer.subarray(start, end))) {
      throw new AvroError('BAD_UTF8', 'the text is not UTF-8');
    }
    return text;
  }

  /** Reads bytes with their length before them, as a copy. */
  readBytes(): Uint8Array {
    return this.readFixed(this.readLength());
  }

  /** Reads bytes of a known length, as a copy. */
  readFixed(size: number): Uint8Array {
    this.need(size);
    const start = this.position;
    this.position = start + size;
    return new Uint8Array(this.buffer.subarray(start, this.position));
  }

  /** Reads the index of a union's branch or an enum's symbol. */
  readIndex(count: number, code: 'BAD_BRANCH' | 'BAD_SYMBOL'): number {
    const index = this.readVarint();
    if (index >= 0 && index < count) return index;
    throw new AvroError(code, `the index ${index} is not one of ${count}`);
  }

  /**
   * Reads the head of an array's or map's block and returns its count, 0 at the end.
   * A count must fit into the bytes that are left, and into what one datum may have. The size that may stand beside it
   * is not relied on: writers exist that get it wrong, and what is skipped is walked like what is read.
   */
  readBlock(minimumBytes: number, weight: number): number {
    let count = this.readVarint();
    if (count === 0) return 0;
    if (count < 0) {
      count = -count;
      const size = this.readVarint();
      if (size < 0) throw new AvroError('NEGATIVE_LENGTH', `a block of ${size} bytes`);
      this.need(size);
    }
    const left = this.end - this.position;
    if (count * minimumBytes > left) {
      throw new AvroError('TOO_MANY_ITEMS', `a block of ${count} items has only ${left} bytes`);
    }
    this.countItems(count * weight);
    return count;
  }

  skipVarint(): void {
    this.readVarint();
  }

  skipBytes(): void {
    const length = this.readLength();
    this.position += length;
  }

  skipFixed(size: number): void {
    this.need(size);
    this.position += size;
  }

  private countItems(items: number): void {
    this.items += items;
    if (this.items > MAX_ITEMS) throw new AvroError('TOO_MANY_ITEMS', `more than ${MAX_ITEMS} items`);
  }

  private readLength(): number {
    const length = this.readVarint();
    if (length < 0) throw new AvroError('NEGATIVE_LENGTH', `a length of ${length}`);
    this.need(length);
    return length;
  }

  private need(bytes: number): void {
    const left = this.end - this.position;
    if (bytes > left) throw new AvroError('TRUNCATED', `${bytes} bytes are needed, but only ${left} are left`);
  }

  /** Reads a zig-zag varint; beyond 53 bits the number is near the value and not safe. */
  private readVarint(): number {
    const { buffer, end } = this;
    let position = this.position;
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (position >= end) this.need(end - this.position + 1);
      const byte = buffer[position++] as number;
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.position = position;
        return (low >>> 1) ^ -(low & 1);
      }
    }
    this.position = position;
    this.low = low;
    return this.readWideVarint();
  }

  private readWideVarint(): number {
    const { buffer, end } = this;
    let position = this.position;
    let middle = 0;
    let high = 0;
    let byte = 0x80;
    for (let shift = 0; byte >= 0x80 && shift < 42; shift += 7) {
      if (position >= end) this.need(end - this.position + 1);
      byte = buffer[position++] as number;
      if (shift < 28) middle |= (byte & 0x7f) << shift;
      else high |= (byte & 0x7f) << (shift - 28);
    }
    if (byte >= 0x80 || high > 0xff) throw new AvroError('BAD_VARINT', 'the number has more than 64 bits');
    this.position = position;
    this.middle = middle;
    this.high = high;
    const half = (this.low >>> 1) + middle * 2 ** 27 + high * 2 ** 55;
    return (this.low & 1) === 0 ? half : -half - 1;
  }

  private exactVarint(): bigint {
    const half = BigInt(this.low >>> 1) + (BigInt(this.middle) << 27n) + (BigInt(this.high) << 55n);
    return (this.low & 1) === 0 ? half : -half - 1n;
  }
}
