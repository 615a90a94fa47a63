import type { CelType } from '@headrace/cel';
import type { ProjectSource } from '../component/stage-op.ts';
import type { Path } from '../component/finding.ts';
import { celTypeOf } from '../types/cel-type-of.ts';
import type { EdgeType, ValueType } from '../types/edge-type.ts';
import type { CheckText } from './check-lets.ts';
import type { PlannedField, PlannedSource } from './plan-fields.ts';

/** A field of the new record whose expressions are sound. */
export interface CheckedField {
  readonly name: string;
  readonly at: Path;
  readonly source: ProjectSource;
  readonly type: CelType;
  /** The schema of a field that is passed on; null for one that is computed. */
  readonly kept: ValueType | null;
  /** The schema of the field that it takes the place of. */
  readonly replaced: ValueType | null;
}

/** Checks the expressions of planned fields; null where one is wrong. */
export function checkFields(
  planned: readonly PlannedField[],
  edge: EdgeType,
  variables: ReadonlyMap<string, CelType>,
  check: CheckText,
): readonly CheckedField[] | null {
  const fields = planned.map((field): CheckedField | null => {
    const replaced = field.replaces === null ? null : fieldType(edge.value, field.replaces);
    const { name, at } = field;
    if ('keep' in field.source) {
      const kept = fieldType(edge.value, field.source.keep);
      return { name, at, source: { copy: [field.source.keep] }, type: celTypeOf(kept), kept, replaced };
    }
    const checked = checkSource(field.source, field, edge, variables, check);
    return checked === null ? null : { name, at, ...checked, kept: null, replaced };
  });
  return fields.every((field) => field !== null) ? fields : null;
}

function checkSource(
  source: Exclude<PlannedSource, { keep: string }>,
  { at }: PlannedField,
  edge: EdgeType,
  variables: ReadonlyMap<string, CelType>,
  check: CheckText,
): { source: ProjectSource; type: CelType } | null {
  if ('text' in source) {
    const expression = check(at, source.text, edge, { variables });
    return expression === null ? null : { source: expression, type: expression.type };
  }
  const fields = checkFields(source.record, edge, variables, check);
  if (fields === null) return null;
  const types = new Map(fields.map((field) => [field.name, field.type]));
  return {
    source: { record: fields.map((field) => [field.name, field.source]) },
    type: { kind: 'record', name: null, fields: types },
  };
}

function fieldType(value: ValueType, name: string): ValueType {
  if (value.kind !== 'record') return { kind: 'dynamic' };
  return value.fields.find((field) => field.name === name)?.type ?? { kind: 'dynamic' };
}
