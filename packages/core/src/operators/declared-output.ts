import type { Name } from '../component/stage-op.ts';
import type { InferContext } from '../component/contexts.ts';
import { isDynamic, type ValueType } from '../types/edge-type.ts';
import type { CheckedField } from './check-fields.ts';
import { matchOutput } from './field-types.ts';

/**
 * Gives the type that the option `output` declares, and holds the new fields to it; `isOpen` tells which of its fields may come
 * unlisted. Null where it is wrong.
 */
export function declaredOutput(
  written: unknown,
  fields: readonly CheckedField[] | null,
  isOpen: (name: Name) => boolean,
  context: InferContext,
): ValueType | null {
  const output = context.schema(['output'], written);
  if (output === null || fields === null || isDynamic(output)) return output;
  if (output.kind === 'record') {
    matchOutput(fields, output, isOpen, context);
    return output;
  }
  const message = 'the schema of "output" must be a record.';
  context.report({ code: 'OUTPUT_IS_NO_RECORD', severity: 'error', at: ['output'], message });
  return null;
}
