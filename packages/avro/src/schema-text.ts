import { schemaToJson, type SchemaJsonOptions } from './schema-json.ts';
import type { Schema } from './schema.ts';

/** Returns the JSON text of a schema, indented by two spaces, with every digit of its defaults. */
export function schemaToText(schema: Schema, options: SchemaJsonOptions = {}): string {
  return `${write(schemaToJson(schema, options), '')}\n`;
}

function write(json: unknown, indent: string): string {
  if (typeof json === 'bigint') return String(json);
  if (typeof json === 'number') return writeNumber(json);
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  const inner = `${indent}  `;
  const items = Array.isArray(json)
    ? json.map((item) => write(item, inner))
    : Object.entries(json).map(([key, value]) => `${JSON.stringify(key)}: ${write(value, inner)}`);
  const [open, close] = Array.isArray(json) ? ['[', ']'] : ['{', '}'];
  const line = `${open}${Array.isArray(json) ? '' : ' '}${items.join(', ')}${Array.isArray(json) ? '' : ' '}${close}`;
  if (items.length === 0) return `${open}${close}`;
  if (line.length + indent.length <= 100 && !line.includes('\n')) return line;
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
}

/** Writes a number so that it is read as the same one: JSON has no infinity, but numbers that are too large for a double. */
function writeNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? String(value) : `${value < 0 ? '-' : ''}1e999`;
}
