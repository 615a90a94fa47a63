import { createRequire } from 'node:module';
import type { Compression } from '@headrace/protocol';
import type * as Library from 'lz4-napi';

type Lz4 = Pick<typeof Library, 'compressFrameSync' | 'decompressFrameSync'>;

const require = createRequire(import.meta.url);
const magic = 0x18_4d_22_04;
const flag = { contentChecksum: 0x04, contentSize: 0x08, blockChecksum: 0x10, dictionary: 0x01 } as const;
const uncompressedBlock = 0x80_00_00_00;
/** LZ4 cannot do better than this. */
const mostRatio = 255;

let loaded: Lz4 | null = null;

/** Loads the library when it is first needed: it is a binary of the platform, and most topologies do without. */
function lz4Library(): Lz4 {
  loaded ??= require('lz4-napi') as Lz4;
  return loaded;
}

/** Compresses with LZ4 in its frame format, as Kafka's clients do. */
export const lz4: Compression = {
  compress: (records) => lz4Library().compressFrameSync(asBuffer(records)),
  decompress(compressed, maxBytes) {
    const bytes = asBuffer(compressed);
    if (leastExpanded(bytes) > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`);
    const records = lz4Library().decompressFrameSync(bytes);
    if (records.length > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`);
    return records;
  },
};

/**
 * Bounds what a frame (LZ4 Frame Format 1.6.4) expands to, without expanding it, since the library takes no bound. Every block is taken
 * for as long as it can be but one: encoders fill all blocks but the last, so that a good frame is never larger by more than a block.
 */
function leastExpanded(bytes: Buffer): number {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== magic) throw new Error('it does not begin as a frame of LZ4');
  const flags = bytes[4] as number;
  if (flags >> 6 !== 1) throw new Error('the version of the frame is not 1');
  const blockMax = 2 ** (8 + 2 * (((bytes[5] as number) >> 4) & 7));
  if (blockMax < 65_536) throw new Error('the size of blocks is none of the format');
  let at = 6;
  if (flags & flag.contentSize) at += 8;
  if (flags & flag.dictionary) at += 4;
  at += 1;
  let total = 0;
  for (;;) {
    if (bytes.length - at < 4) throw new Error('the frame is cut off');
    const word = bytes.readUInt32LE(at);
    at += 4;
    if (word === 0) break;
    const size = word % uncompressedBlock;
    if (size > blockMax || size > bytes.length - at) throw new Error('a block is longer than what is left');
    total += word >= uncompressedBlock ? size : Math.min(blockMax, size * mostRatio);
    at += size + (flags & flag.blockChecksum ? 4 : 0);
  }
  at += flags & flag.contentChecksum ? 4 : 0;
  if (at !== bytes.length) throw new Error('something follows the frame');
  return total - blockMax;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
