import { ContainerError } from './container-error.ts';
import { deflateCodec } from './deflate-codec.ts';
import { snappyCodec } from './snappy-codec.ts';
import { zstandardCodec } from './zstandard-codec.ts';

/** Names the codecs of blocks that files may be written with. */
export type BlockCodecName = 'null' | 'deflate' | 'snappy' | 'zstandard';

/** Compresses and decompresses the blocks of a file. */
export interface BlockCodec {
  /** Compresses; `level` is for deflate and zstandard. Throws ContainerError UNSUPPORTED_CODEC where Node cannot. */
  compress(bytes: Uint8Array, level?: number): Uint8Array;
  /** Decompresses to at most so many bytes; throws a RangeError for more, any other error for bytes that are broken. */
  decompress(bytes: Uint8Array, maxBytes: number): Uint8Array;
}

const nullCodec: BlockCodec = {
  compress: (bytes) => bytes,
  decompress(bytes, maxBytes) {
    if (bytes.length > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`);
    return bytes;
  },
};

const CODECS: ReadonlyMap<string, BlockCodec> = new Map([
  ['null', nullCodec],
  ['deflate', deflateCodec],
  ['snappy', snappyCodec],
  ['zstandard', zstandardCodec],
]);

/** Returns the codec of a file's header; throws ContainerError UNSUPPORTED_CODEC for bzip2, xz and unknown ones. */
export function blockCodec(name: string): BlockCodec {
  const codec = CODECS.get(name);
  if (codec !== undefined) return codec;
  const known = [...CODECS.keys()].join(', ');
  const message = `The blocks are compressed with "${name.slice(0, 40)}", which is not supported. Supported are: ${known}.`;
  throw new ContainerError('UNSUPPORTED_CODEC', 0, message);
}
