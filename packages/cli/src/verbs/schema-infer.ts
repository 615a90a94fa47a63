import { createReadStream } from 'node:fs';
import path from 'node:path';
import {
  inferSchema,
  parseSchemaText,
  readContainer,
  readExactly,
  schemaToText,
  SchemaError,
  type Schema,
} from '@headrace/avro';
import { HeadraceError } from '@headrace/core';
import { csvRecords } from '../csv-records.ts';
import { exitCodes } from '../exit-codes.ts';
import type { SchemaInferOptions } from '../options.ts';
import { readSample } from '../read-sample.ts';
import { reportSchemaError } from '../report-schema-error.ts';

/** Prints the schema of a container file of Avro, or one that is inferred from a sample of records; what the sample leaves open goes to standard error. */
export async function inferFromSample(file: string, options: SchemaInferOptions): Promise<number> {
  try {
    if (path.extname(file).toLowerCase() === '.avro') {
      process.stdout.write(schemaToText(await schemaOfContainer(file)));
      return exitCodes.done;
    }
    const sample = readSample(file);
    const isCsv = path.extname(file).toLowerCase() === '.csv';
    const records = isCsv ? csvRecords(sample, options.delimiter ?? ',') : jsonRecords(sample);
    const limited = take(records, options.records ?? 100_000);
    const { schema, notes } = inferSchema(limited, { from: isCsv ? 'csv' : 'json' });
    for (const note of notes) process.stderr.write(`note: ${note}\n`);
    const text = schemaToText(schema, { name: options.name ?? nameOf(file) });
    // A name that was given may be none of Avro.
    parseSchemaText(text);
    process.stdout.write(text);
    return exitCodes.done;
  } catch (error) {
    reportSchemaError(error, file);
    return exitCodes.wrongInput;
  }
}

/** A container says itself what its records are. */
async function schemaOfContainer(file: string): Promise<Schema> {
  const pieces = createReadStream(file);
  try {
    return (await readContainer(pieces)).header.schema;
  } catch (cause) {
    const message = `The sample "${file}" cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new HeadraceError('FILE_NOT_FOUND', message, { place: { file }, cause });
  } finally {
    pieces.destroy();
  }
}

function* jsonRecords(lines: string): Generator<unknown> {
  for (const [index, line] of lines.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      yield readExactly(line);
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      throw new SchemaError('NOT_JSON', '', `Line ${index + 1} is not JSON.`, error);
    }
  }
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

/** Names the record after the file: `order-lines.ndjson` gives `OrderLines`. */
function nameOf(file: string): string {
  const stem = path.basename(file).split('.')[0] ?? '';
  const parts = stem.split(/[^A-Za-z0-9]+/).filter((part) => part !== '');
  const name = parts.map((part) => (part[0] ?? '').toUpperCase() + part.slice(1)).join('');
  return /^[A-Za-z]/.test(name) ? name : `Record${name}`;
}
