import { zstandardCodec } from '@headrace/avro';
import type { Compression } from '@headrace/protocol';

/** Compresses with Zstandard (RFC 8878) where Node can, from 22.15 on; reads it everywhere. */
export const zstd: Compression = {
  compress: (records) => zstandardCodec.compress(records),
  decompress: (compressed, maxBytes) => zstandardCodec.decompress(compressed, maxBytes),
};
