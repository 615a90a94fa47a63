import { createReadStream, type ReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { compressionOf } from './compression.ts';
import { unpackSnappy } from './snappy-frames.ts';
import { unpackZstandard } from './zstandard-frames.ts';

/** The bytes of a file from some place on, a bounded piece at a time. */
export interface ByteInput {
  /** Returns some of the next bytes, about `size` at most; null at the end. */
  read(size: number): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** Opens a file at a byte; of a compressed one, at a byte of what it unpacks to. Null where it ends before that byte. */
export async function openInput(file: string, byte: number): Promise<ByteInput | null> {
  const input = compressionOf(file) === null ? new PlainInput(await open(file, 'r'), byte) : openPacked(file, byte);
  try {
    if (await input.reaches()) return input;
  } catch (error) {
    await input.close();
    throw error;
  }
  await input.close();
  return null;
}

/** Gives the bytes of an input in order; ending the loop early closes it. */
export async function* piecesOf(input: ByteInput, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let bytes = await input.read(size); bytes !== null; bytes = await input.read(size)) yield bytes;
  } finally {
    await input.close();
  }
}

interface PlacedInput extends ByteInput {
  /** Tells whether the file has as many bytes as were to be passed over. */
  reaches(): Promise<boolean>;
}

class PlainInput implements PlacedInput {
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

const packedPiece = 65_536;

function openPacked(file: string, byte: number): PlacedInput {
  const compression = compressionOf(file);
  if (compression === 'gzip') return gunzipped(file, byte);
  const packed = plainPieces(file);
  const pieces = compression === 'snappy' ? unpackSnappy(packed) : unpackZstandard(packed);
  return new UnpackingInput(pieces, byte, async () => {
    await pieces.return();
    await packed.return();
  });
}

async function* plainPieces(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield* piecesOf(new PlainInput(await open(file, 'r'), 0), packedPiece);
}

/** Streams hold back what nobody takes; concatenated members are one text. */
function gunzipped(name: string, byte: number): PlacedInput {
  const file: ReadStream = createReadStream(name);
  const gunzip: Gunzip = createGunzip({ chunkSize: packedPiece });
  file.on('error', (error) => gunzip.destroy(error));
  // Whoever reads next is told; until then nobody listens, and an error that nobody hears ends the process.
  gunzip.on('error', () => {});
  const pieces = file.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return new UnpackingInput(pieces, byte, async () => {
    file.destroy();
    gunzip.destroy();
  });
}

/** Unpacks as it is asked. */
class UnpackingInput implements PlacedInput {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #end: () => Promise<void>;
  #skip: number;
  #left: Uint8Array | null = null;

  constructor(pieces: AsyncIterator<Uint8Array>, skip: number, end: () => Promise<void>) {
    this.#pieces = pieces;
    this.#skip = skip;
    this.#end = end;
  }

  async reaches(): Promise<boolean> {
    while (this.#skip > 0) {
      const piece = await this.read();
      if (piece === null) return false;
      if (piece.length > this.#skip) this.#left = piece.subarray(this.#skip);
      this.#skip -= Math.min(this.#skip, piece.length);
    }
    return true;
  }

  async read(): Promise<Uint8Array | null> {
    const left = this.#left;
    this.#left = null;
    if (left !== null) return left;
    const next = await this.#pieces.next();
    return next.done === true ? null : next.value;
  }

  close(): Promise<void> {
    return this.#end();
  }
}
