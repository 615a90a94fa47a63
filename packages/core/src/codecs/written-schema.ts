import type { Schema } from '@headrace/avro';
import type { InferContext } from '../component/contexts.ts';
import type { Path } from '../component/finding.ts';
import type { ValueType } from '../types/edge-type.ts';
import { project } from './project/projection.ts';

/** Reports where values of type `type` do not fit the schema that they are written in; returns the schema, or null where one does not. */
export function writtenSchema(type: ValueType, schema: Schema, at: Path, context: InferContext): Schema | null {
  const { misfits } = project(type, schema);
  for (const { code, message } of misfits) {
    context.report({ code, severity: code === 'FIELD_DROPPED' ? 'info' : 'error', at, message });
  }
  return misfits.some(({ code }) => code !== 'FIELD_DROPPED') ? null : schema;
}
