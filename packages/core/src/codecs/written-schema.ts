import { nonNullBranch, type Schema } from '@headrace/avro';
import type { InferContext } from '../component/contexts.ts';
import type { Path } from '../component/finding.ts';
import { isDynamic, type ValueType } from '../types/edge-type.ts';
import { projectable } from '../types/projectable.ts';

/**
 * Reports where values of type `type` do not fit the schema that they are written in; returns the schema, or null where one does
 * not. A null that stands for the whole value is the record's own and no business of the schema.
 */
export function writtenSchema(type: ValueType, schema: Schema, at: Path, context: InferContext): Schema | null {
  const bare = isDynamic(type) || schema.kind === 'union' ? type : (nonNullBranch(type) ?? type);
  const findings = projectable(bare, schema);
  for (const { path, problem, severity, message } of findings) {
    const place = path.length === 0 ? '' : `Field "${path.join('.')}": `;
    context.report({ code: problem, severity, at, message: `${place}${message}` });
  }
  return findings.some(({ severity }) => severity === 'error') ? null : schema;
}
