import {
  createCodec,
  createResolvingCodec,
  schemasEqual,
  schemaToText,
  type Decoder,
  type Schema,
} from '@headrace/avro';
import { Type } from '../component/option-type.ts';
import { codecWithSchema, type CodecSpec } from '../component/author/codec-spec.ts';
import type { SchemaValue } from '../component/author/schema-value.ts';
import { defineCodec } from '../component/define.ts';
import type { Encoding } from '../component/encoding.ts';
import type { InferContext } from '../component/contexts.ts';
import type { Path } from '../component/finding.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { isDynamic, type ValueType } from '../types/edge-type.ts';
import { avroFramedReader } from './avro-framed-reader.ts';
import { convertingEncoder } from './converting-encoder.ts';
import { codecError } from './data-fault.ts';
import { WrittenForms } from './written-forms.ts';
import { writtenSchema } from './written-schema.ts';

const options = Type.Object(
  {
    schema: Type.Optional(
      Type.Unknown({ description: 'The Avro schema: a path from the topology file, or the schema itself.' }),
    ),
    subject: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'The subject of the registry that holds the schema; that of the topic unless written.',
      }),
    ),
    register: Type.Optional(
      Type.Boolean({ description: 'Whether a sink registers its schema; unless "true" is written it must be there.' }),
    ),
    framing: Type.Optional(
      Type.Enum(['confluent', 'bare'], {
        description:
          'Whether the id of the schema stands before each value in Kafka: "confluent" where the cluster has a registry, else "bare".',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Reads and writes Avro's binary encoding in the schema that is given or in one that resolves to it; on Kafka with the ids of a registry before values. */
export const avroCodec = defineCodec({
  type: 'avro',
  summary:
    'Avro in its binary encoding: in Kafka bare or behind the id of its schema in a registry, in files as container files.',
  options,
  examples: [
    { summary: 'A schema in a file', options: { schema: './schemas/order.avsc' } },
    {
      summary: 'A schema written in place',
      options: { schema: { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] } },
    },
  ],
  framedReader: avroFramedReader,
  reads({ schema }, at, context) {
    if (schema === undefined) {
      return schemaNeeded(at, context, 'Reading Avro needs the schema that the records were written in.');
    }
    return context.schema([...at, 'schema'], schema);
  },
  writes({ schema }, type, at, context, schemaName) {
    if (schema === undefined) {
      if (!isDynamic(type)) return named(type, schemaName);
      return schemaNeeded(at, context, 'Writing records of a dynamic type as Avro needs a schema.');
    }
    const target = context.schema([...at, 'schema'], schema);
    return target === null || isDynamic(target) ? null : writtenSchema(type, target, at, context);
  },
  decoder(encoding) {
    const own = createCodec(schemaOf(encoding));
    return (buffer, start, end, number) => {
      try {
        return (writers.at(encoding, number) ?? own).decode(buffer, start, end);
      } catch (thrown) {
        throw codecError(thrown, 'BAD_AVRO');
      }
    };
  },
  encoder(encoding, from) {
    const schema = schemaOf(encoding);
    const codec = createCodec(schema);
    return convertingEncoder(schema, from, (value) => codec.encode(value));
  },
});

const writers = new WrittenForms<Decoder>();

/**
 * Returns the number under which records of an encoding are decoded that were written in another schema; -1 where it is the same.
 * Throws `RESOLUTION_FAILED` where no record of it could be read.
 */
export function avroFormNumber(encoding: Encoding, writer: Schema): number {
  const reader = schemaOf(encoding);
  if (schemasEqual(writer, reader)) return -1;
  try {
    return writers.numberOf(encoding, schemaToText(writer), () => createResolvingCodec(writer, reader));
  } catch (thrown) {
    throw codecError(thrown, 'RESOLUTION_FAILED');
  }
}

/** An inferred record has no name on its edge; what is written in it is named after its destination. */
function named(schema: Schema, schemaName: string): Schema {
  if (schema.kind !== 'record' || schema.name !== null) return schema;
  const name = schemaName.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d|$)/, '_');
  return { ...schema, name };
}

function schemaOf({ schema }: Encoding): Schema {
  if (!isDynamic(schema)) return schema;
  throw new HeadraceError('SCHEMA_NEEDED', 'Avro cannot be read or written without a schema.');
}

function schemaNeeded(at: Path, context: InferContext, message: string): ValueType | null {
  const suggestion = 'Write { "codec": "avro", "schema": "./path.avsc" }.';
  context.report({ code: 'SCHEMA_NEEDED', severity: 'error', at, message, suggestion });
  return null;
}

/** Writes the codec `avro` in a TypeScript topology: with a schema as written `as const`, whose type is that of the values, or with the path of one. */
export function avro<V = unknown>(schema: string, options?: AvroOptions): CodecSpec<V>;
export function avro<const S extends object>(schema: S, options?: AvroOptions): CodecSpec<SchemaValue<S>>;
export function avro(schema: unknown, options: AvroOptions = {}): CodecSpec<unknown> {
  return codecWithSchema('avro', schema, options);
}

/** What the codec `avro` takes beside its schema. */
export interface AvroOptions {
  /** The subject of the registry that holds the schema. */
  readonly subject?: string;
  /** Whether a sink registers its schema. */
  readonly register?: boolean;
  readonly framing?: 'confluent' | 'bare';
}
