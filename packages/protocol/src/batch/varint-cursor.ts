import { ProtocolError } from '../protocol-error.ts';

/** Reads the zigzag varints of records; every step is checked against the end of the range. */
export class VarintCursor {
  bytes: Uint8Array;
  at: number;
  end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Reads an integer of 32 bits. */
  int(): number {
    const { bytes, at } = this;
    if (at + 2 > this.end) return this.#longerInt();
    // Nearly all integers of a record take one or two bytes.
    const first = bytes[at] as number;
    if (first < 0x80) {
      this.at = at + 1;
      return (first >>> 1) ^ -(first & 1);
    }
    const second = bytes[at + 1] as number;
    if (second >= 0x80) return this.#longerInt();
    this.at = at + 2;
    const zigzag = (first & 0x7f) | (second << 7);
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  #longerInt(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    const last = this.byte();
    if (last > 0x0f) throw new ProtocolError('BAD_VARINT', 'A varint of a record does not fit into 32 bits.');
    value |= last << 28;
    return (value >>> 1) ^ -(value & 1);
  }

  /** Reads an integer of 64 bits; beyond 2^53 it is the nearest double. */
  long(): number {
    const { bytes, at } = this;
    if (at + 2 > this.end) return this.#longerLong();
    const first = bytes[at] as number;
    if (first < 0x80) {
      this.at = at + 1;
      return (first >>> 1) ^ -(first & 1);
    }
    const second = bytes[at + 1] as number;
    if (second >= 0x80) return this.#longerLong();
    this.at = at + 2;
    const zigzag = (first & 0x7f) | (second << 7);
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  #longerLong(): number {
    let value = 0;
    let odd = false;
    for (let index = 0, scale = 1; index < 10; index++, scale *= 128) {
      const byte = this.byte();
      if (index === 0) odd = (byte & 1) === 1;
      if (index === 9 && byte > 1) break;
      // The lowest bit is the sign, so that half of the rest is exact for longer.
      value += index === 0 ? (byte & 0x7e) / 2 : (byte & 0x7f) * (scale / 2);
      if (byte < 0x80) return odd ? -value - 1 : value;
    }
    throw new ProtocolError('BAD_VARINT', 'A varint of a record does not fit into 64 bits.');
  }

  /** Reads a length and returns it; -1 stands for null. */
  length(): number {
    const length = this.int();
    if (length < -1) throw new ProtocolError('NEGATIVE_LENGTH', `A length of a record is ${length}.`);
    if (length > this.end - this.at)
      throw new ProtocolError('TRUNCATED', `${length} bytes are needed, ${this.end - this.at} are left.`);
    return length;
  }

  byte(): number {
    if (this.at >= this.end) throw new ProtocolError('TRUNCATED', 'A record ends early.');
    return this.bytes[this.at++] as number;
  }
}
