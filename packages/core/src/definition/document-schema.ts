import type { TSchema } from 'typebox';
import { editorPatterns } from './editor-patterns.ts';

type Json = Readonly<Record<string, unknown>>;

/** Makes the JSON Schema (draft 7) that editors know of the schema of a file: our formats as patterns, nothing that is for the check alone. */
export function documentSchema(schema: TSchema, title: string): Json {
  const plain = JSON.parse(JSON.stringify(schema), (_, value: unknown) => withPattern(value)) as Json;
  return { $schema: 'http://json-schema.org/draft-07/schema#', title, ...plain };
}

function withPattern(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { format, kind, ...rest } = value as Json;
  // A key of a file that is called so holds the schema of it.
  if (typeof format === 'object' || typeof kind === 'object') return value;
  const known = typeof format === 'string' && Object.hasOwn(editorPatterns, format);
  return known ? { ...rest, pattern: editorPatterns[format] } : rest;
}
