import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseJson } from './parse-json.ts';
import { parseSchemas, parseSchemaText, type ParseOptions } from './parse-schema.ts';
import { SchemaError } from './schema-error.ts';
import type { Schema } from './schema.ts';

/**
 * Reads the schema of a file. A type that the file names and does not define is looked for in the files beside it, as
 * `<full name>.avsc` and `<name>.avsc`, unless `types` or `find` knows it. Throws SchemaError, whose `source` is the
 * file in which the fault is.
 */
export function readSchemaFile(file: string, options: ParseOptions = {}): Schema {
  const find = options.find ?? ((fullName: string) => findBeside(file, fullName));
  try {
    return parseSchemaText(read(file), { ...options, find });
  } catch (error) {
    if (error instanceof SchemaError) error.source ??= file;
    throw error;
  }
}

/** Reads schemas from files that may name each other's types, in any order; by file. Throws SchemaError with `source`. */
export function readSchemaFiles(files: Iterable<string>): ReadonlyMap<string, Schema> {
  return parseSchemas(new Map([...files].map((file) => [file, jsonOf(file)])));
}

function findBeside(file: string, fullName: string): { source: string; json: unknown } | undefined {
  const names = [fullName, fullName.slice(fullName.lastIndexOf('.') + 1)];
  for (const name of names) {
    const source = path.join(path.dirname(file), `${name}.avsc`);
    if (path.resolve(source) === path.resolve(file)) continue;
    try {
      return { source, json: jsonOf(source) };
    } catch (error) {
      if (!(error instanceof SchemaError) || error.code !== 'NOT_FOUND') throw error;
    }
  }
  return undefined;
}

function jsonOf(file: string): unknown {
  try {
    return parseJson(read(file));
  } catch (error) {
    if (error instanceof SchemaError) error.source ??= file;
    throw error;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SchemaError('NOT_FOUND', '', `The schema cannot be read: ${(error as Error).message}.`, error);
  }
}
