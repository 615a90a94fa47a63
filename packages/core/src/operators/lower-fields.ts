import type { Name, ProjectField } from '../component/stage-op.ts';
import { isDynamic, type ValueType } from '../types/edge-type.ts';
import { sameType } from '../types/same-type.ts';
import type { CheckedField } from './check-fields.ts';

/**
 * Lists the fields of a new record for its stage: with a schema every field of it, in its order; a field of a value without one is
 * looked up by its name, unless it is one of `without`, where that is not null.
 */
export function lowerFields(
  fields: readonly CheckedField[],
  without: readonly Name[] | null,
  input: ValueType,
  output: ValueType,
): readonly ProjectField[] {
  if (output.kind !== 'record') return fields.map(({ name, source }) => [name, source]);
  const made = new Map(fields.map((field) => [field.name, field]));
  return output.fields.flatMap(({ name, type }): ProjectField[] => {
    const field = made.get(name);
    if (field !== undefined) return [[name, withOrigin(field, type)]];
    return openFields(name, without, input) ? [[name, { copy: [name], from: input }]] : [];
  });
}

/** Tells whether a field may be passed on from a value without a schema, which may have any field that is not left out. */
export function openFields(name: Name, without: readonly Name[] | null, input: ValueType): boolean {
  return isDynamic(input) && without !== null && !without.includes(name);
}

function withOrigin({ source, kept }: CheckedField, type: ValueType): ProjectField[1] {
  return kept === null || sameType(kept, type) || !('copy' in source) ? source : { ...source, from: kept };
}
