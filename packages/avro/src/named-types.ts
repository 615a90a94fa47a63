import { MAX_SCHEMA_DEPTH, MAX_SCHEMA_NODES } from './limits.ts';
import { namespaceOf, qualify } from './names.ts';
import type { Schema } from './schema.ts';

/** Collects the named types of a schema by their full names. */
export function collectNamed(schema: Schema, types: Map<string, Schema>, seen = new Set<Schema>()): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  if ('name' in schema && schema.name !== null && !types.has(schema.name)) types.set(schema.name, schema);
  if (schema.kind === 'array') collectNamed(schema.items, types, seen);
  if (schema.kind === 'map') collectNamed(schema.values, types, seen);
  if (schema.kind === 'union') for (const branch of schema.branches) collectNamed(branch, types, seen);
  if (schema.kind === 'record') for (const field of schema.fields) collectNamed(field.type, types, seen);
}

/** Returns the full names that the JSON of a schema defines, without a check of anything else. */
export function definedNames(json: unknown): readonly string[] {
  const names: string[] = [];
  scan(json, '', 0, names, { left: MAX_SCHEMA_NODES });
  return names;
}

function scan(json: unknown, namespace: string, depth: number, names: string[], budget: { left: number }): void {
  if (typeof json !== 'object' || json === null || depth > 3 * MAX_SCHEMA_DEPTH || --budget.left < 0) return;
  if (Array.isArray(json)) {
    for (const branch of json) scan(branch, namespace, depth + 1, names, budget);
    return;
  }
  const { type, name, namespace: given, fields, items, values } = json as Record<string, unknown>;
  let inner = namespace;
  if (typeof name === 'string' && (type === 'record' || type === 'error' || type === 'enum' || type === 'fixed')) {
    const fullName = qualify(name, typeof given === 'string' ? given : namespace);
    names.push(fullName);
    inner = namespaceOf(fullName);
  }
  if (typeof type === 'object') scan(type, namespace, depth + 1, names, budget);
  if (type === 'array') scan(items, namespace, depth + 1, names, budget);
  if (type === 'map') scan(values, namespace, depth + 1, names, budget);
  if (!Array.isArray(fields)) return;
  for (const field of fields) {
    if (typeof field === 'object' && field !== null) {
      scan((field as Record<string, unknown>)['type'], inner, depth + 1, names, budget);
    }
  }
}
