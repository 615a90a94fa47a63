import type { RecordSchema } from '@headrace/avro';
import type { Static } from 'typebox';
import { Type } from '../component/option-type.ts';
import { codecWithSchema, type CodecSpec } from '../component/author/codec-spec.ts';
import type { SchemaValue } from '../component/author/schema-value.ts';
import { schemaOption } from '../component/option-schemas.ts';
import type { InferContext } from '../component/contexts.ts';
import { defineCodec } from '../component/define.ts';
import type { Encoding } from '../component/encoding.ts';
import type { Path } from '../component/finding.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { csvCells, csvRecord, type CsvDialect } from '../text/csv-cells.ts';
import { isDynamic, type ValueType } from '../types/edge-type.ts';
import { convertingEncoder } from './converting-encoder.ts';
import { cellWriter, isCell } from './csv/cells.ts';
import { formNumber, formOf, plainForm } from './csv/csv-forms.ts';
import { codecError, DataFault, withinField } from './data-fault.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';
import { writtenSchema } from './written-schema.ts';

/** A character of ASCII that does not end a line: one byte, which is no part of another character. */
const character = '^[\\t -~]$';

const options = Type.Object(
  {
    schema: Type.Optional(
      schemaOption('The schema of a record, whose fields are the cells in their order. Needed for reading.'),
    ),
    delimiter: Type.Optional(
      Type.String({ pattern: character, description: 'What stands between cells; a comma unless written.' }),
    ),
    quote: Type.Optional(
      Type.String({ pattern: character, description: 'What stands around cells that need it; `"` unless written.' }),
    ),
    timestamps: Type.Optional(
      Type.Enum(['number', 'iso'], {
        description: 'How timestamps are written: as epoch milliseconds, which is the default, or in ISO 8601.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Reads and writes records of CSV (RFC 4180) by a schema without records within records; a cell may have line breaks in it. */
export const csvCodec = defineCodec({
  type: 'csv',
  summary: 'A record of CSV, its cells in the order of the fields; an empty cell is null where its field takes null.',
  options,
  examples: [
    { summary: 'Cells by a schema', options: { schema: './schemas/order.avsc' } },
    { summary: 'Semicolons between the cells', options: { schema: './schemas/order.avsc', delimiter: ';' } },
  ],
  reads({ schema, ...dialect }, at, context) {
    if (!isDialect(dialect, at, context)) return null;
    if (schema !== undefined) return flat(context.schema([...at, 'schema'], schema), at, context);
    const message = 'Reading CSV needs a schema, which names and types the cells.';
    context.report({ code: 'SCHEMA_NEEDED', severity: 'error', at, message });
    return null;
  },
  writes({ schema, ...dialect }, type, at, context) {
    if (!isDialect(dialect, at, context)) return null;
    if (schema === undefined) return flat(type, at, context);
    const target = flat(context.schema([...at, 'schema'], schema), at, context);
    return target === null ? null : writtenSchema(type, target, at, context);
  },
  decoder(encoding) {
    const plain = plainForm(recordOf(encoding));
    const dialect = csvDialect(encoding);
    return (buffer, start, end, number) => {
      try {
        const texts = csvCells(decodeUtf8(buffer, start, end), dialect);
        if (texts === null) throw new DataFault('BAD_CSV', 'a quoted cell is not closed, or goes on behind its quote');
        const { cells, fields } = formOf(encoding, number) ?? plain;
        if (texts.length !== cells) throw new DataFault('BAD_CSV', `expected ${cells} cells, found ${texts.length}`);
        return Object.fromEntries(
          fields.map(({ name, cell, read, fill }) => [
            name,
            cell < 0 ? fill : within(name, () => read(texts[cell] as string)),
          ]),
        );
      } catch (thrown) {
        throw codecError(cellFault(thrown), 'BAD_CSV');
      }
    };
  },
  encoder(encoding, from) {
    const record = recordOf(encoding);
    const { timestamps = 'number' } = encoding.options as Static<typeof options>;
    const cells = record.fields.map(({ name, type }) => ({ name, write: cellWriter(type, timestamps) }));
    const dialect = csvDialect(encoding);
    return convertingEncoder(record, from, (value) => {
      const source = value as Record<string, unknown>;
      return encodeUtf8(
        csvRecord(
          cells.map(({ name, write }) => within(name, () => write(source[name]))),
          dialect,
        ),
      );
    });
  },
});

/** Returns the line that names the cells of an encoding. */
export function csvHeader(encoding: Encoding): string {
  return csvRecord(
    recordOf(encoding).fields.map(({ name }) => name),
    csvDialect(encoding),
  );
}

/**
 * Reads the line that names the cells of a file and returns the number under which records of it are decoded. Columns may stand in any
 * order and beyond the schema; throws `WRONG_HEADER` where one is missing that is needed.
 */
export function csvFormNumber(encoding: Encoding, line: string): number {
  const names = csvCells(line, csvDialect(encoding));
  if (names !== null) return formNumber(encoding, recordOf(encoding), names);
  throw new HeadraceError('WRONG_HEADER', 'The first line is no CSV: a quoted cell is not closed.');
}

/** Returns how the cells of an encoding are told apart. */
export function csvDialect({ options: written }: Encoding): CsvDialect {
  const { delimiter = ',', quote = '"' } = written as Static<typeof options>;
  return { delimiter, quote };
}

function isDialect({ delimiter = ',', quote = '"' }: Static<typeof options>, at: Path, context: InferContext): boolean {
  if (delimiter !== quote) return true;
  const message = '"delimiter" and "quote" are the same.';
  context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at, message });
  return false;
}

function recordOf({ schema }: Encoding): RecordSchema {
  if (schema.kind === 'record') return schema;
  throw new HeadraceError('SCHEMA_NEEDED', 'CSV cannot be read or written without the schema of a record.');
}

function within<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw withinField(name, thrown);
  }
}

function flat(type: ValueType | null, at: Path, context: InferContext): RecordSchema | null {
  if (type === null) return null;
  if (type.kind === 'record') {
    const deep = type.fields.find((field) => !isCell(field.type));
    if (deep === undefined) return type;
    const message = `CSV has no form for the field "${deep.name}", which is more than one cell.`;
    context.report({ code: 'NOT_FOR_CSV', severity: 'error', at, message });
    return null;
  }
  const what = isDynamic(type) ? 'have no schema' : 'are no records';
  context.report({
    code: 'NOT_FOR_CSV',
    severity: 'error',
    at,
    message: `CSV needs records of a schema, and the values ${what}.`,
  });
  return null;
}

type CsvExtras = Omit<Static<typeof options>, 'schema'>;

/** Writes the codec `csv` in a TypeScript topology: with a schema as written `as const`, with the path of one, or without any where it only writes. */
export function csv<V = unknown>(schema?: string, extras?: CsvExtras): CodecSpec<V>;
export function csv<const S extends object>(schema: S, extras?: CsvExtras): CodecSpec<SchemaValue<S>>;
export function csv(schema?: unknown, extras: CsvExtras = {}): CodecSpec<unknown> {
  return codecWithSchema('csv', schema, extras);
}

/** Cells are read as values of JSON are, but nobody wrote JSON. */
function cellFault(thrown: unknown): unknown {
  if (!(thrown instanceof DataFault) || thrown.code !== 'BAD_JSON') return thrown;
  return new DataFault('BAD_CSV', thrown.message, thrown.path);
}
