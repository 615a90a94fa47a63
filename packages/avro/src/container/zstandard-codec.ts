import zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import type { BlockCodec } from './block-codec.ts';
import { ContainerError } from './container-error.ts';
import { checkFrames } from './zstandard-frames.ts';

/** What `node:zlib` has from Node 22.15 on. */
interface Zstd {
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
  zstdCompressSync?(bytes: Uint8Array, options: { params: Record<number, number> }): Uint8Array;
  zstdDecompressSync?(bytes: Uint8Array, options: { maxOutputLength: number }): Uint8Array;
}

const native = zlib as unknown as Zstd;

/** Tells whether this Node can write zstandard; every one reads it. */
export const canWriteZstandard: boolean = native.zstdCompressSync !== undefined;

/** Compresses with Zstandard (RFC 8878) where Node can; decompresses everywhere. */
export const zstandardCodec: BlockCodec = {
  compress(bytes, level = 3) {
    if (native.zstdCompressSync === undefined) {
      const message = `Writing zstandard needs Node 22.15 or later; this is ${process.version}.`;
      throw new ContainerError('UNSUPPORTED_CODEC', 0, message);
    }
    return native.zstdCompressSync(bytes, { params: { [native.constants.ZSTD_c_compressionLevel]: level } });
  },
  decompress(bytes, maxBytes) {
    checkFrames(bytes, maxBytes);
    if (native.zstdDecompressSync === undefined) return decompressPlainly(bytes, maxBytes);
    return native.zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, maxBytes) });
  },
};

/** Decompresses without help of Node. */
export function decompressPlainly(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((part) => {
    length += part.length;
    if (length > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`);
    parts.push(part.slice());
  });
  stream.push(bytes, true);
  return Buffer.concat(parts, length);
}
