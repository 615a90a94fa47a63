import { HeadraceError } from '@headrace/core';

/**
 * Cuts what a socket receives into frames: a length of 32 bits, then so many bytes. A frame that came within one chunk is a view of
 * it; a longer one is gathered in a buffer of its own, which is made when its length is known and within the bound.
 */
export class FrameSplitter {
  readonly #maxBytes: number;
  readonly #head = Buffer.alloc(4);
  #headBytes = 0;
  #frame: Buffer | null = null;
  #filled = 0;

  /** `maxBytes` bounds one frame, its length not included. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes a chunk and calls `frame` for each frame that it completes. Fails where the length cannot be one of Kafka. */
  push(chunk: Buffer, frame: (bytes: Buffer) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#frame !== null) {
        at = this.#gather(this.#frame, chunk, at, frame);
        continue;
      }
      const length = this.#length(chunk, at);
      if (length === null) return;
      at += 4 - this.#headBytes;
      this.#headBytes = 0;
      if (chunk.length - at >= length) {
        frame(chunk.subarray(at, at + length));
        at += length;
      } else {
        this.#frame = Buffer.allocUnsafeSlow(length);
        this.#filled = 0;
      }
    }
  }

  /** Reads a length that may have come in two chunks; null while it is not complete. */
  #length(chunk: Buffer, at: number): number | null {
    if (this.#headBytes === 0 && chunk.length - at >= 4) return this.#checked(chunk, at);
    const missing = 4 - this.#headBytes;
    const taken = Math.min(missing, chunk.length - at);
    chunk.copy(this.#head, this.#headBytes, at, at + taken);
    if (taken === missing) return this.#checked(this.#head, 0);
    this.#headBytes += taken;
    return null;
  }

  #checked(bytes: Buffer, at: number): number {
    const length = bytes.readInt32BE(at);
    // The correlation id alone takes four.
    if (length >= 4 && length <= this.#maxBytes) return length;
    throw new HeadraceError('KAFKA_NOT_KAFKA', describeStart(bytes.subarray(at, at + 4), length, this.#maxBytes));
  }

  #gather(target: Buffer, chunk: Buffer, at: number, frame: (bytes: Buffer) => void): number {
    const taken = Math.min(target.length - this.#filled, chunk.length - at);
    chunk.copy(target, this.#filled, at, at + taken);
    this.#filled += taken;
    if (this.#filled === target.length) {
      this.#frame = null;
      frame(target);
    }
    return at + taken;
  }
}

/** Says what a peer may be whose first bytes are no length of a frame. */
function describeStart(start: Buffer, length: number, maxBytes: number): string {
  if (start[0] === 0x15 && start[1] === 3)
    return 'The broker answered with TLS on a connection without it. Give the cluster "tls": {}.';
  if (/^(HTTP|<htm|<!DO)/i.test(start.toString('latin1')))
    return 'The address answers with HTTP: it is not the port of a Kafka broker.';
  return `The answer has a length of ${length} bytes, which a Kafka broker does not send (at most ${maxBytes} are taken). Is the port the right one, and does it want "tls"?`;
}
