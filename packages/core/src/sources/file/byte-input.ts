import { createReadStream, type ReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';

/** The bytes of a file from some place on, a bounded piece at a time. */
export interface ByteInput {
  /** Returns some of the next bytes, about `size` at most; null at the end. */
  read(size: number): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** Opens a file at a byte; of a `.gz`, what it unpacks to. Null where it ends before that byte. */
export async function openInput(file: string, byte: number): Promise<ByteInput | null> {
  if (!file.endsWith('.gz')) {
    const input = new PlainInput(await open(file, 'r'), byte);
    if (await input.reaches()) return input;
    await input.close();
    return null;
  }
  const input = new GzipInput(file);
  if (await input.skip(byte)) return input;
  await input.close();
  return null;
}

class PlainInput implements ByteInput {
  readonly #handle: FileHandle;
  #at: number;

  constructor(handle: FileHandle, at: number) {
    this.#handle = handle;
    this.#at = at;
  }

  async reaches(): Promise<boolean> {
    return (await this.#handle.stat()).size >= this.#at;
  }

  async read(size: number): Promise<Uint8Array | null> {
    const { bytesRead, buffer } = await this.#handle.read(Buffer.allocUnsafe(size), 0, size, this.#at);
    this.#at += bytesRead;
    return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Unpacks as it is asked: streams hold back what nobody takes. */
class GzipInput implements ByteInput {
  readonly #file: ReadStream;
  readonly #gunzip: Gunzip;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #left: Uint8Array | null = null;

  constructor(file: string) {
    this.#file = createReadStream(file);
    this.#gunzip = createGunzip({ chunkSize: 65_536 });
    this.#file.on('error', (error) => this.#gunzip.destroy(error));
    // Whoever reads next is told; until then nobody listens, and an error that nobody hears ends the process.
    this.#gunzip.on('error', () => {});
    this.#pieces = this.#file.pipe(this.#gunzip)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  }

  async read(): Promise<Uint8Array | null> {
    const left = this.#left;
    this.#left = null;
    if (left !== null) return left;
    const next = await this.#pieces.next();
    return next.done === true ? null : next.value;
  }

  /** Passes over bytes; false where there are not so many. */
  async skip(bytes: number): Promise<boolean> {
    let left = bytes;
    while (left > 0) {
      const piece = await this.read();
      if (piece === null) return false;
      if (piece.length > left) this.#left = piece.subarray(left);
      left -= Math.min(left, piece.length);
    }
    return true;
  }

  async close(): Promise<void> {
    this.#file.destroy();
    this.#gunzip.destroy();
  }
}
