import { ProtocolError } from '../protocol-error.ts';

/** Writes the primitive types of the protocol into a buffer that was made with the exact size. Numbers are big-endian. */
export class ByteWriter {
  readonly buffer: Buffer;
  /** The place of the next byte. */
  at: number;

  constructor(buffer: Buffer, at = 0) {
    this.buffer = buffer;
    this.at = at;
  }

  int8(value: number): void {
    this.at = this.buffer.writeInt8(integer(value, -0x80, 0x7f), this.at);
  }

  int16(value: number): void {
    this.at = this.buffer.writeInt16BE(integer(value, -0x8000, 0x7fff), this.at);
  }

  int32(value: number): void {
    this.at = this.buffer.writeInt32BE(integer(value, -0x80000000, 0x7fffffff), this.at);
  }

  int64(value: number): void {
    integer(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    const high = Math.floor(value / 4294967296);
    this.buffer.writeInt32BE(high, this.at);
    this.at = this.buffer.writeUInt32BE(value - high * 4294967296, this.at + 4);
  }

  unsignedVarint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.at++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.at++] = rest;
  }

  uuid(value: string): void {
    if (!/^[A-Za-z0-9_-]{21}[AQgw]$/.test(value))
      throw new ProtocolError('NOT_ENCODABLE', 'A UUID is 22 characters of base64url.');
    this.at += this.buffer.write(value, this.at, 16, 'base64url');
  }

  bytes(value: Uint8Array): void {
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  text(value: string): void {
    this.at += this.buffer.write(value, this.at, 'utf8');
  }
}

/** Returns how many bytes an unsigned integer below 2^32 takes as a varint. */
export function unsignedVarintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

function integer(value: number, least: number, greatest: number): number {
  if (!Number.isInteger(value) || value < least || value > greatest)
    throw new ProtocolError('NOT_ENCODABLE', `An integer from ${least} to ${greatest} is needed.`);
  return value;
}
