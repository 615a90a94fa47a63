import { compressSnappy, decompressSnappy } from '@headrace/avro';
import type { Compression } from '@headrace/protocol';

/** What a stream of snappy-java begins with: a magic, then its version and the oldest that reads it, 32 bits each. */
const magic = Buffer.from('82534e415050590000000001 00000001'.replace(' ', ''), 'hex');
const magicOnly = magic.subarray(0, 8);
/** As snappy-java cuts blocks; longer ones gain little. */
const blockBytes = 32 * 1024;

/**
 * Compresses with Snappy in the frames of snappy-java, as Kafka's Java client does: a header, then blocks behind their lengths of 32
 * bits. Reads a bare block as well, which is what librdkafka writes.
 */
export const snappy: Compression = {
  compress(records) {
    const parts: Uint8Array[] = [magic];
    for (let at = 0; at < records.length; at += blockBytes) {
      const block = compressSnappy(records.subarray(at, at + blockBytes));
      const length = Buffer.alloc(4);
      length.writeInt32BE(block.length);
      parts.push(length, block);
    }
    return Buffer.concat(parts);
  },

  decompress(compressed, maxBytes) {
    const bytes = Buffer.from(compressed.buffer, compressed.byteOffset, compressed.byteLength);
    if (!bytes.subarray(0, magicOnly.length).equals(magicOnly)) return decompressSnappy(bytes, maxBytes);
    const parts: Uint8Array[] = [];
    let total = 0;
    let at = magic.length;
    while (at < bytes.length) {
      if (bytes.length - at < 4) throw new Error('the length of a block is cut off');
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length < 0 || length > bytes.length - at) throw new Error('a block is longer than what is left');
      const part = decompressSnappy(bytes.subarray(at, at + length), maxBytes - total);
      parts.push(part);
      total += part.length;
      at += length;
    }
    return Buffer.concat(parts, total);
  },
};
