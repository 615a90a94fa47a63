import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { BlockCodec } from './block-codec.ts';

/** Compresses as RFC 1951 says, without the frame of zlib or gzip. */
export const deflateCodec: BlockCodec = {
  compress: (bytes, level = 6) => deflateRawSync(bytes, { level }),
  decompress: (bytes, maxBytes) => inflateRawSync(bytes, { maxOutputLength: maxBytes }),
};
