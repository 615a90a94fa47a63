/** Takes bytes in order from pieces of any size, and keeps no more than what is asked for and one piece. */
export class ByteQueue {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Returns the next bytes without taking them: so many, or fewer at the end. */
  async peek(count: number): Promise<Buffer> {
    const parts = [this.#bytes];
    let length = this.#bytes.length;
    while (length < count && !this.#ended) {
      const next = await this.#pieces.next();
      if (next.done === true) this.#ended = true;
      else {
        parts.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length));
        length += next.value.length;
      }
    }
    if (parts.length > 1) this.#bytes = Buffer.concat(parts, length);
    return this.#bytes.subarray(0, count);
  }

  /** Takes bytes; throws an Error where the file ends before. */
  async take(count: number): Promise<Buffer> {
    const bytes = await this.peek(count);
    if (bytes.length < count) throw new Error('the compressed file ends too early');
    this.#bytes = this.#bytes.subarray(count);
    return bytes;
  }

  /** Passes over bytes, a piece at a time; throws an Error where the file ends before. */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) left -= (await this.take(Math.min(left, 65_536))).length;
  }
}
