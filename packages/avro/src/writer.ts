import { AvroError } from './avro-error.ts';
import { writeLongAt, writeWideLongAt } from './code/write-at.ts';
import { ITEMS_OF_MAP, MAX_DEPTH, MAX_ENCODED_BYTES, MAX_ITEMS } from './limits.ts';

const INITIAL_BYTES = 4096;
const KEPT_BYTES = 1 << 20;
const SURROGATE = /\p{Surrogate}/u;

/** Writes one value. */
export type Write = (writer: Writer, value: unknown) => void;

/** Writes the parts of a datum into a buffer that grows and is used again (Avro 1.12, "Binary Encoding"). */
export class Writer {
  private buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  private position = 0;
  private items = 0;
  private depth = 0;

  /** Forgets what was written. */
  open(): void {
    this.position = 0;
    this.items = 0;
    this.depth = 0;
    if (this.buffer.length > KEPT_BYTES) this.buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }

  /** Returns a copy of what was written. */
  copy(): Uint8Array {
    const bytes = Buffer.allocUnsafe(this.position);
    this.buffer.copy(bytes, 0, 0, this.position);
    return bytes;
  }

  /** Enters a record or array; the depth also ends a value that contains itself. */
  enter(): void {
    if (++this.depth > MAX_DEPTH) throw new AvroError('TOO_DEEP', `values nest more than ${MAX_DEPTH} deep`);
  }

  /** Enters a map, which counts by itself too. */
  enterMap(): void {
    this.enter();
    this.countItems(ITEMS_OF_MAP);
  }

  /** Leaves a record. */
  leave(): void {
    this.depth--;
  }

  /** Ends the blocks of an array or map and leaves it. */
  endBlocks(): void {
    this.writeLong(0);
    this.depth--;
  }

  writeBoolean(value: boolean): void {
    this.reserve(1);
    this.buffer[this.position++] = value ? 1 : 0;
  }

  /** Writes an int, a long, a length, a count or an index: a safe integer. */
  writeLong(value: number): void {
    this.reserve(10);
    this.position = writeLongAt(this.buffer, this.position, value);
  }

  /** Writes a long of up to 64 bits. */
  writeBigLong(value: bigint): void {
    this.reserve(10);
    this.position = writeWideLongAt(this.buffer, this.position, value);
  }

  writeFloat(value: number): void {
    this.reserve(4);
    this.position = this.buffer.writeFloatLE(value, this.position);
  }

  writeDouble(value: number): void {
    this.reserve(8);
    this.position = this.buffer.writeDoubleLE(value, this.position);
  }

  /** Writes a text; returns false where half of a surrogate pair stands alone, which UTF-8 does not have. */
  writeString(value: string): boolean {
    const { length } = value;
    if (length < 64) {
      this.reserve(length + 1);
      const { buffer } = this;
      let position = this.position;
      buffer[position++] = length << 1;
      let index = 0;
      for (; index < length; index++) {
        const code = value.charCodeAt(index);
        if (code > 0x7f) break;
        buffer[position++] = code;
      }
      if (index === length) {
        this.position = position;
        return true;
      }
    }
    const bytes = Buffer.byteLength(value);
    if (bytes !== length && SURROGATE.test(value)) return false;
    this.writeLong(bytes);
    this.reserve(bytes);
    this.position += this.buffer.write(value, this.position, 'utf8');
    return true;
  }

  /** Writes bytes without their length. */
  writeFixed(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** Writes the head of an array's or map's only block; nothing for no items. */
  writeBlock(count: number): void {
    this.countItems(count);
    if (count > 0) this.writeLong(count);
  }

  private countItems(items: number): void {
    this.items += items;
    if (this.items > MAX_ITEMS) throw new AvroError('TOO_MANY_ITEMS', `more than ${MAX_ITEMS} items`);
  }

  private reserve(bytes: number): void {
    const needed = this.position + bytes;
    if (needed <= this.buffer.length) return;
    if (needed > MAX_ENCODED_BYTES) throw new AvroError('TOO_LARGE', `more than ${MAX_ENCODED_BYTES} bytes`);
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.position);
    this.buffer = larger;
  }
}
