import { ProtocolError } from '../protocol-error.ts';

const replacement = '\uFFFD';

/**
 * Reads the primitive types of the protocol out of a range of bytes. Every length is checked against the bytes at hand
 * before anything is made from it. Numbers are big-endian. What it returns of bytes are views.
 */
export class ByteReader {
  readonly buffer: Buffer;
  /** The place of the next byte. */
  at: number;
  /** The place after the last byte. */
  end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = Math.min(end, this.buffer.length);
  }

  /** The number of bytes that are left. */
  get left(): number {
    return this.end - this.at;
  }

  private take(count: number): number {
    const at = this.at;
    if (count > this.end - at)
      throw new ProtocolError('TRUNCATED', `${count} bytes are needed, ${this.end - at} are left.`);
    this.at = at + count;
    return at;
  }

  int8(): number {
    return this.buffer.readInt8(this.take(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.take(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.take(4));
  }

  /** Reads a signed integer of 64 bits; beyond 2^53 it is an error. */
  int64(): number {
    const at = this.take(8);
    const value = this.buffer.readInt32BE(at) * 4294967296 + this.buffer.readUInt32BE(at + 4);
    if (!Number.isSafeInteger(value)) throw new ProtocolError('LONG_NOT_SAFE', 'An integer is beyond 2^53.');
    return value;
  }

  /** Reads an unsigned integer of up to 32 bits in groups of 7 bits, least first. */
  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.buffer[this.take(1)] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    const last = this.buffer[this.take(1)] as number;
    if (last > 0x0f) throw new ProtocolError('BAD_VARINT', 'A varint does not fit into 32 bits.');
    return value + last * 0x10000000;
  }

  /** Reads an identity of 128 bits as 22 characters of base64url. */
  uuid(): string {
    const at = this.take(16);
    return this.buffer.toString('base64url', at, at + 16);
  }

  /** Reads the next bytes as a view. */
  bytes(length: number): Buffer {
    const at = this.take(length);
    return this.buffer.subarray(at, at + length);
  }

  /** Reads text of a length in bytes. */
  text(length: number): string {
    const at = this.take(length);
    const text = this.buffer.toString('utf8', at, at + length);
    if (text.includes(replacement) && !this.isSame(text, at, length))
      throw new ProtocolError('BAD_UTF8', 'Text is not valid UTF-8.');
    return text;
  }

  private isSame(text: string, at: number, length: number): boolean {
    return Buffer.from(text, 'utf8').equals(this.buffer.subarray(at, at + length));
  }
}
