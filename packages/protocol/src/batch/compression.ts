import { ProtocolError } from '../protocol-error.ts';

/** The names of the compressions of record batches. */
export type CompressionName = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** The names by the number that bits 0 to 2 of a batch's attributes hold. */
export const compressionNames: readonly CompressionName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/**
 * Compresses and expands the records of a batch. Snappy is written raw or in the frames of snappy-java, and both are read;
 * lz4 stands in its frame format.
 */
export interface Compression {
  compress(records: Uint8Array): Uint8Array;
  /** Expands; stops with an error as soon as the result would be larger than `maxBytes`, whatever the input declares. */
  decompress(compressed: Uint8Array, maxBytes: number): Uint8Array;
}

/** The compressions that are at hand, by name. A name that is missing can be neither read nor written. */
export type Compressions = Readonly<Partial<Record<Exclude<CompressionName, 'none'>, Compression>>>;

/** Expands the records of a batch and holds the result to its bound. */
export function expand(
  name: CompressionName,
  compressed: Uint8Array,
  compressions: Compressions,
  maxBytes: number,
): Uint8Array {
  if (name === 'none') return compressed;
  const compression = compressions[name];
  if (compression === undefined) throw new ProtocolError('UNSUPPORTED_COMPRESSION', `"${name}" cannot be read here.`);
  let expanded;
  try {
    expanded = compression.decompress(compressed, maxBytes);
  } catch (error) {
    throw new ProtocolError('BAD_COMPRESSION', `The records cannot be expanded as "${name}".`, '', error);
  }
  if (expanded.length <= maxBytes) return expanded;
  throw new ProtocolError('BAD_COMPRESSION', `The records expand to more than ${maxBytes} bytes.`);
}
