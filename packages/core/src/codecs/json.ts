import type { Static } from 'typebox';
import { Type } from '../component/option-type.ts';
import { codecWithSchema, type CodecSpec } from '../component/author/codec-spec.ts';
import type { SchemaValue } from '../component/author/schema-value.ts';
import { defineCodec } from '../component/define.ts';
import type { Encoding } from '../component/encoding.ts';
import { isDynamic, dynamic, type ValueType } from '../types/edge-type.ts';
import { convertingEncoder } from './converting-encoder.ts';
import { codecError } from './data-fault.ts';
import { jsonReader } from './json/json-reader.ts';
import { jsonWriter } from './json/json-writer.ts';
import { parseDynamic, parseTyped } from './json/parse-json.ts';
import { writeDynamic } from './json/write-dynamic.ts';
import { writtenSchema } from './written-schema.ts';

const options = Type.Object(
  {
    schema: Type.Optional(
      Type.Unknown({
        description:
          'An Avro schema: a path from the topology file, or the schema itself. Without one the type is dynamic.',
      }),
    ),
    unknown: Type.Optional(
      Type.Enum(['ignore', 'error'], {
        description: 'What reading does with fields that the schema does not have; "ignore" unless written.',
      }),
    ),
    timestamps: Type.Optional(
      Type.Enum(['number', 'iso'], {
        description: 'How timestamps are written: as epoch milliseconds, which is the default, or in ISO 8601.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Reads and writes JSON, by a schema or as it comes. */
export const jsonCodec = defineCodec({
  type: 'json',
  summary: 'JSON, checked against an Avro schema where one is given.',
  options,
  examples: [
    { summary: 'Any JSON, its type looked at while running', options: {} },
    {
      summary: 'JSON of a schema, with nothing beside it',
      options: { schema: './schemas/order.avsc', unknown: 'error' },
    },
    { summary: 'Timestamps that people can read', options: { timestamps: 'iso' } },
  ],
  reads: ({ schema }, at, context) => (schema === undefined ? dynamic : context.schema([...at, 'schema'], schema)),
  writes({ schema }, type, at, context) {
    if (schema === undefined) return type;
    const target = context.schema([...at, 'schema'], schema);
    return target === null || isDynamic(target) ? target : writtenSchema(type, target, at, context);
  },
  decoder(encoding) {
    const { schema } = encoding;
    if (isDynamic(schema)) return guarded(parseDynamic);
    const read = jsonReader(schema, optionsOf(encoding).unknown ?? 'ignore');
    return guarded((buffer, start, end) => read(parseTyped(buffer, start, end)));
  },
  encoder(encoding, from) {
    const schema: ValueType = isDynamic(encoding.schema) ? from : encoding.schema;
    if (isDynamic(schema)) return guarded((value: unknown) => utf8(writeDynamic(value)));
    const write = jsonWriter(schema, optionsOf(encoding).timestamps ?? 'number');
    return convertingEncoder(schema, from, (value) => utf8(write(value)));
  },
});

function optionsOf(encoding: Encoding): Static<typeof options> {
  return encoding.options;
}

/** JSON's own strings write half a surrogate pair as an escape, so that no text is left that UTF-8 cannot hold. */
function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

function guarded<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    try {
      return work(...args);
    } catch (thrown) {
      throw codecError(thrown, 'BAD_JSON');
    }
  };
}

type JsonExtras = Omit<Static<typeof options>, 'schema'>;

/** Writes the codec `json` in a TypeScript topology: with a schema as written `as const`, with the path of one, or without any. */
export function json<V = unknown>(schema?: string, extras?: JsonExtras): CodecSpec<V>;
export function json<const S extends object>(schema: S, extras?: JsonExtras): CodecSpec<SchemaValue<S>>;
export function json(schema?: unknown, extras: JsonExtras = {}): CodecSpec<unknown> {
  return codecWithSchema('json', schema, extras);
}
