import type { SchemaValue } from './schema-value.ts';

declare const valueOf: unique symbol;

/** A codec as an author writes it in TypeScript, with the type of the values that it reads. */
export interface CodecSpec<V> {
  readonly codec: string;
  readonly schema?: unknown;
  readonly [valueOf]?: V;
}

/** The codecs that need no options, and the types that they read. */
interface NamedCodecs {
  readonly string: string;
  readonly bytes: Uint8Array;
  readonly int: number;
  readonly long: number;
  readonly float: number;
  readonly double: number;
}

/** What an author may write where a source takes a codec. */
export type WrittenCodec = string | CodecSpec<unknown>;

/** The type of the values that a codec reads; unknown where it does not say. */
export type CodecValue<C> = C extends CodecSpec<infer V> ? V : C extends keyof NamedCodecs ? NamedCodecs[C] : unknown;

/** Makes a codec with a schema: a path from the topology file, or the schema itself, whose type is that of the values. */
export function codecWithSchema<S>(
  codec: string,
  schema: S | undefined,
  options: object = {},
): CodecSpec<SchemaValue<S>> {
  return { codec, ...(schema !== undefined && { schema }), ...options };
}
