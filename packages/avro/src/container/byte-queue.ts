import { ContainerError } from './container-error.ts';

const NOTHING: Buffer = Buffer.alloc(0);

/** Takes bytes from chunks in order, and never holds more than what is asked for and one chunk. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #bytes = NOTHING;
  #offset: number;
  #isAtEnd = false;

  /** Makes a queue whose first byte is the one at `offset` of the file. */
  constructor(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, offset = 0) {
    this.#chunks = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
    this.#offset = offset;
  }

  /** The place of the next byte in the file. */
  get offset(): number {
    return this.#offset;
  }

  /** Waits until so many bytes are there; returns how many are, which is fewer at the end. */
  async fill(bytes: number): Promise<number> {
    if (this.#bytes.length >= bytes || this.#isAtEnd) return this.#bytes.length;
    const parts = [this.#bytes];
    let length = this.#bytes.length;
    while (length < bytes) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.#isAtEnd = true;
        break;
      }
      const chunk = next.value;
      parts.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      length += chunk.length;
    }
    this.#bytes = Buffer.concat(parts, length);
    return length;
  }

  /** Takes bytes that are there; the next call may not change them. */
  take(bytes: number): Buffer {
    const taken = this.#bytes.subarray(0, bytes);
    this.#bytes = this.#bytes.subarray(bytes);
    this.#offset += bytes;
    return taken;
  }

  /** Takes a zig-zag number of up to 53 bits; null where the bytes end before or within it. */
  async takeLong(start: number): Promise<number | null> {
    let value = 0;
    let factor = 1;
    for (let count = 1; count <= 10; count++) {
      if ((await this.fill(count)) < count) return null;
      const byte = this.#bytes[count - 1] as number;
      value += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte >= 0x80) continue;
      if (value > Number.MAX_SAFE_INTEGER) break;
      this.take(count);
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new ContainerError('BAD_BLOCK', start, `A number at byte ${this.#offset} has more than 53 bits.`);
  }

  /** Tells that no more bytes are wanted. */
  async close(): Promise<void> {
    this.#bytes = NOTHING;
    if (!this.#isAtEnd) await this.#chunks.return?.();
  }
}
