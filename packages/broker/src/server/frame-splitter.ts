/** The header of a request before its client id takes so many. */
const leastBytes = 8;

/** Cuts what comes over a connection into frames: a length of 32 bits, then so many bytes. Nothing is allocated before it is checked. */
export class FrameSplitter {
  readonly #maxBytes: number;
  readonly #head = Buffer.alloc(4);
  #headBytes = 0;
  #frame: Buffer | null = null;
  #filled = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes in a piece and returns the frames that it completes. */
  push(piece: Buffer): readonly Buffer[] {
    const frames: Buffer[] = [];
    let at = 0;
    while (at < piece.length) {
      if (this.#frame === null) {
        this.#head[this.#headBytes++] = piece[at++] as number;
        if (this.#headBytes < 4) continue;
        this.#headBytes = 0;
        this.#frame = Buffer.allocUnsafeSlow(this.#length());
        this.#filled = 0;
        continue;
      }
      const taken = piece.copy(this.#frame, this.#filled, at);
      at += taken;
      this.#filled += taken;
      if (this.#filled < this.#frame.length) continue;
      frames.push(this.#frame);
      this.#frame = null;
    }
    return frames;
  }

  #length(): number {
    const length = this.#head.readInt32BE(0);
    if (length < leastBytes || length > this.#maxBytes) throw new Error(`a request of ${length} bytes was announced`);
    return length;
  }
}
