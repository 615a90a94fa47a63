import type { TSchema } from 'typebox';
import { Type } from '../component/option-type.ts';
import type { ExpressionText } from '../component/contexts.ts';
import { expressionOrFunctionOption } from '../component/option-schemas.ts';

/** Makes the schema of an option that is a list of names of fields. */
export function namesOption(description: string) {
  return Type.Array(fieldName, { kind: 'names', minItems: 1, uniqueItems: true, description });
}

const fieldName = Type.String({ minLength: 1 });

/** Expressions by the names of the fields that they make; an object makes a record. */
export interface FieldTexts {
  readonly [name: string]: ExpressionText | FieldTexts;
}

/** Makes the schema of an option that holds expressions by names, records within records included. */
export function fieldsOption(description: string) {
  const computed = expressionOrFunctionOption('What makes the field.');
  let level: TSchema = Type.Record(Type.String(), computed);
  for (let depth = 1; depth < deepestRecord; depth++)
    level = Type.Record(Type.String(), Type.Union([...computed.anyOf, level], { kind: 'expression' }));
  return Type.Unsafe<FieldTexts>({ ...level, minProperties: 1, description });
}

const deepestRecord = 8;
