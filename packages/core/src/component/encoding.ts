import type { ValueType } from '../types/edge-type.ts';
import type { Frame } from './schema-registry.ts';

/** Says how a value lies in bytes: a codec, its options, and the schema of what is read or written. */
export interface Encoding {
  readonly codec: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly schema: ValueType;
  /** How the id of a schema stands before each value; absent: values are bare. */
  readonly frame?: Frame;
  /** Whether a sink passes the bytes on as the source has read them; this encoding is the source's. */
  readonly asRead?: true;
}

/** Turns a range of bytes into a value; throws an error with a code where it cannot. It never keeps the buffer. */
export type Decoder = (buffer: Uint8Array, start: number, end: number, schemaId: number) => unknown;

/** Turns a value into bytes that stay valid; throws an error with a code where it cannot. */
export type Encoder = (value: unknown) => Uint8Array;
