import { crc32 } from 'node:zlib';
import type { BlockCodec } from './block-codec.ts';
import { compressSnappy, decompressSnappy } from './snappy.ts';

/** Compresses with Snappy; the CRC-32 of the uncompressed bytes stands behind them, highest byte first. */
export const snappyCodec: BlockCodec = {
  compress(bytes) {
    const compressed = compressSnappy(bytes);
    const result = Buffer.allocUnsafe(compressed.length + 4);
    result.set(compressed);
    result.writeUInt32BE(crc32(bytes), compressed.length);
    return result;
  },
  decompress(bytes, maxBytes) {
    if (bytes.length < 5) throw new Error('a block of Snappy has at least five bytes');
    const result = decompressSnappy(bytes.subarray(0, -4), maxBytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (crc32(result) !== view.getUint32(bytes.length - 4)) throw new Error('the checksum of the block is wrong');
    return result;
  },
};
