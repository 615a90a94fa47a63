import type { InferContext } from './contexts.ts';
import type { Path } from './finding.ts';
import { isFunctionCall } from './function-call.ts';
import type { ProjectSource } from './stage-op.ts';
import { isDynamic } from '../types/edge-type.ts';

/** Tells whether the functions that make a key say what they return, and reports where one does not. */
export function hasKnownType(source: ProjectSource, at: Path, context: InferContext): boolean {
  if ('record' in source) return source.record.every(([name, part]) => hasKnownType(part, [...at, name], context));
  if ('copy' in source || !isFunctionCall(source) || !isDynamic(source.returns)) return true;
  const message = 'nothing says what the function makes.';
  const suggestion = 'Write { "$use": "…", "returns": "string" }, or another schema.';
  context.report({ code: 'OUTPUT_SCHEMA_NEEDED', severity: 'error', at, message, suggestion });
  return false;
}
