import { nonNullBranch } from './branches.ts';
import { shortName } from './names.ts';
import type { RecordSchema, Schema } from './schema.ts';

/**
 * Writes a schema as a short text for people: `Order { id: string, total: decimal(9, 2), note: string? }`.
 * Types with a name stand by their unqualified name, but for the outermost.
 */
export function formatSchema(schema: Schema): string {
  return schema.kind === 'record' && schema.name !== null
    ? `${shortName(schema.name)} ${formatFields(schema)}`
    : formatType(schema);
}

function formatType(schema: Schema): string {
  const inner = nonNullBranch(schema);
  if (inner !== null) return `${formatType(inner)}?`;
  switch (schema.kind) {
    case 'array':
      return `array<${formatType(schema.items)}>`;
    case 'map':
      return `map<${formatType(schema.values)}>`;
    case 'union':
      return `(${schema.branches.map(formatType).join(' | ')})`;
    case 'record':
      return schema.name === null ? formatFields(schema) : shortName(schema.name);
    case 'enum':
      return shortName(schema.name);
    default:
      break;
  }
  const { logical } = schema;
  if (logical?.type === 'decimal') return `decimal(${logical.precision}, ${logical.scale})`;
  if (logical !== undefined) return logical.type;
  return schema.kind === 'fixed' ? shortName(schema.name) : schema.kind;
}

function formatFields(schema: RecordSchema): string {
  if (schema.fields.length === 0) return '{}';
  return `{ ${schema.fields.map((field) => `${field.name}: ${formatType(field.type)}`).join(', ')} }`;
}
