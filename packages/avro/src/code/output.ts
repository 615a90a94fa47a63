import { AvroError } from '../avro-error.ts';
import { MAX_ENCODED_BYTES } from '../limits.ts';

const INITIAL_BYTES = 1 << 16;

/** Holds bytes that generated writers append to: a buffer that grows, and how much of it is written. */
export class Output {
  /** The bytes; another buffer after `grow`. */
  buffer: Buffer;
  /** Shows the same bytes. */
  view: DataView;
  /** How many bytes are written; a writer moves it when its datum is complete. */
  position = 0;

  constructor(bytes = INITIAL_BYTES) {
    this.buffer = Buffer.allocUnsafeSlow(bytes);
    this.view = new DataView(this.buffer.buffer, 0, bytes);
  }

  /** Makes room for so many bytes after those that are written; throws AvroError TOO_LARGE beyond 1 GiB in all. */
  grow(bytes: number): void {
    const needed = this.position + bytes;
    if (needed <= this.buffer.length) return;
    if (needed > MAX_ENCODED_BYTES) throw new AvroError('TOO_LARGE', `more than ${MAX_ENCODED_BYTES} bytes`);
    const larger = Buffer.allocUnsafeSlow(Math.min(MAX_ENCODED_BYTES, Math.max(needed, this.buffer.length * 2)));
    this.buffer.copy(larger, 0, 0, this.position);
    this.buffer = larger;
    this.view = new DataView(larger.buffer, 0, larger.length);
  }
}
