import type { LongForm, Schema } from './schema.ts';

/** Says how a codec shows what the schema leaves open. */
export interface CodecOptions {
  /** How longs are held in memory: `number` unless given; `headrace.long` in a schema goes before it. */
  readonly long?: LongForm;
}

/**
 * Returns how the longs of a type are held in memory; `codec` is what its codec says.
 * Nanoseconds since 1970 have passed 53 bits long ago: they are bigints always.
 */
export function longFormIn(schema: Schema, codec: LongForm): LongForm {
  if (schema.kind !== 'long') return codec;
  if (schema.logical?.type === 'timestamp-nanos' || schema.logical?.type === 'local-timestamp-nanos') return 'bigint';
  return schema.long ?? codec;
}
