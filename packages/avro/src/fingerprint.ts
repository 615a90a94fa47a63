import { createHash } from 'node:crypto';
import { canonicalForm } from './canonical-form.ts';
import type { Schema } from './schema.ts';

/** Names the fingerprints that the specification lists. */
export type FingerprintAlgorithm = 'CRC-64-AVRO' | 'MD5' | 'SHA-256';

const EMPTY = 0xc15d213aa4d7a795n;
let table: BigUint64Array | null = null;

/**
 * Returns the fingerprint of a schema's Parsing Canonical Form (Avro 1.12, "Schema Fingerprints").
 * The eight bytes of CRC-64-AVRO stand with the lowest first, as in single-object encoding.
 */
export function fingerprint(schema: Schema, algorithm: FingerprintAlgorithm = 'CRC-64-AVRO'): Uint8Array {
  const text = Buffer.from(canonicalForm(schema), 'utf8');
  if (algorithm === 'CRC-64-AVRO') {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, rabin(text), true);
    return bytes;
  }
  return new Uint8Array(
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest(),
  );
}

/** Computes the Rabin fingerprint of bytes, by the table of the specification. */
function rabin(bytes: Uint8Array): bigint {
  table ??= BigUint64Array.from({ length: 256 }, (_, index) => {
    let value = BigInt(index);
    for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ (value & 1n ? EMPTY : 0n);
    return value;
  });
  let value = EMPTY;
  for (const byte of bytes) value = (value >> 8n) ^ (table[Number((value ^ BigInt(byte)) & 0xffn)] as bigint);
  return value;
}
