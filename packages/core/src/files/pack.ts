import zlib from 'node:zlib';
import type { Compression } from './compression.ts';
import { packSnappy } from './snappy-frames.ts';

/** What `node:zlib` has from Node 22.15 on. */
const { zstdCompressSync } = zlib as unknown as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array };

/** Packs bytes so that pieces one after the other unpack to all of them. */
export type Pack = (bytes: Uint8Array) => Uint8Array;

/** Returns what packs bytes; null where this version of Node cannot. */
export function packerOf(compression: Compression): Pack | null {
  if (compression === 'gzip') return (bytes) => zlib.gzipSync(bytes);
  if (compression === 'snappy') return packSnappy;
  return zstdCompressSync ?? null;
}
