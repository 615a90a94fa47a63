import type { TSchema } from 'typebox';
import type { ValueType } from '../types/edge-type.ts';
import type { InferContext } from './contexts.ts';
import type { Decoder, Encoder, Encoding } from './encoding.ts';
import type { Example } from './example.ts';
import type { Path } from './finding.ts';
import type { FramedReader } from './framed-reader.ts';
import type { SchemaRegistry } from './schema-registry.ts';

/** A codec as the registry knows it: between bytes and values. */
export interface CodecDefinition<O = any> {
  readonly kind: 'codec';
  readonly type: string;
  readonly summary: string;
  /** Options beside `codec`. */
  readonly options: TSchema;
  readonly examples: readonly Example<O>[];
  /** Makes what reads values that carry the id of their writer's schema; absent: the codec has no schemas of writers. `now` is in milliseconds. */
  framedReader?(encoding: Encoding, registry: SchemaRegistry, now: () => number): FramedReader;
  /** The type that reading gives; null where findings keep it from being known. */
  reads(options: O, at: Path, context: InferContext): ValueType | null;
  /** The type that is written for values of type `type`: its own schema, or `type` itself; null where it cannot write them. */
  writes(options: O, type: ValueType, at: Path, context: InferContext, schemaName: string): ValueType | null;
  /** Whether all bytes can be decoded: a value is then decoded only where somebody asks for it. Absent: not. */
  readonly decodesAll?: true;
  /** Whether what was decoded is always encoded as the same bytes: they are passed on where nobody has changed the value. Absent: not. */
  readonly exact?: true;
  decoder(encoding: Encoding): Decoder;
  /** `from` is the type of the values that come, which may have more fields or narrower numbers than the encoding's schema. */
  encoder(encoding: Encoding, from: ValueType): Encoder;
}
