import { gunzipSync, gzipSync } from 'node:zlib';
import type { Compression } from '@headrace/protocol';

/** Compresses with gzip (RFC 1952). */
export const gzip: Compression = {
  compress: (records) => gzipSync(records),
  decompress: (compressed, maxBytes) => gunzipSync(compressed, { maxOutputLength: Math.max(1, maxBytes) }),
};
