import { SchemaError } from './schema-error.ts';
import type { Schema } from './schema.ts';

/**
 * Returns the Parsing Canonical Form of a schema (Avro 1.12, "Parsing Canonical Form for Schemas"): equal texts for
 * schemas that read the same bytes in the same way. Throws SchemaError for a record that nobody has named.
 */
export function canonicalForm(schema: Schema): string {
  return write(schema, new Set());
}

function write(schema: Schema, defined: Set<string>): string {
  switch (schema.kind) {
    case 'array':
      return `{"type":"array","items":${write(schema.items, defined)}}`;
    case 'map':
      return `{"type":"map","values":${write(schema.values, defined)}}`;
    case 'union':
      return `[${schema.branches.map((branch) => write(branch, defined)).join(',')}]`;
    case 'record':
    case 'enum':
    case 'fixed':
      break;
    default:
      return `"${schema.kind}"`;
  }
  const { name } = schema;
  if (name === null) throw new SchemaError('BAD_NAME', '', 'A record without a name has no canonical form.');
  if (defined.has(name)) return `"${name}"`;
  defined.add(name);
  const head = `{"name":"${name}","type":"${schema.kind}"`;
  if (schema.kind === 'fixed') return `${head},"size":${schema.size}}`;
  if (schema.kind === 'enum') return `${head},"symbols":[${schema.symbols.map((symbol) => `"${symbol}"`).join(',')}]}`;
  const fields = schema.fields.map((field) => `{"name":"${field.name}","type":${write(field.type, defined)}}`);
  return `${head},"fields":[${fields.join(',')}]}`;
}
