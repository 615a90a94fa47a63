import type { Name } from '@headrace/codegen';
import { nonNullBranch } from '../branches.ts';
import type { Field, RecordSchema, Schema } from '../schema.ts';
import type { Resolved } from '../resolved.ts';

/** Says where a value that is asked for may come from. */
export type Site =
  | { readonly kind: 'bytes'; readonly writer: Schema; readonly resolved: Resolved }
  | { readonly kind: 'default'; readonly field: Field; readonly rest: readonly string[] }
  | { readonly kind: 'null' };

/** Is a value that is asked for. */
export interface Leaf {
  readonly path: readonly string[];
  /** The reader's type; a union with null where a record on the way may be null. */
  readonly type: Schema;
  readonly sites: Site[];
  /** The variable of the value's position. */
  at: Name;
  /** The variable of the position after it; null where nobody asks. */
  end: Name | null;
  /** The variable that says which of the sites a datum has; null where there is only one. */
  variant: Name | null;
}

/** Holds what is asked for of a value: itself, and some of its fields. */
export interface Want {
  leaf: Leaf | null;
  readonly fields: Map<string, Want>;
}

/** Returns all that is asked for below a value, itself left out. */
export function leavesBelow(want: Want): Leaf[] {
  return [...want.fields.values()].flatMap((field) => [
    ...(field.leaf === null ? [] : [field.leaf]),
    ...leavesBelow(field),
  ]);
}

/** Returns the reader's type at a path; throws RangeError where there is none. */
export function typeAt(reader: Schema, path: readonly string[]): Schema {
  let type = reader;
  let isNullable = false;
  for (const step of path) {
    const inner = nonNullBranch(type);
    isNullable ||= inner !== null;
    const field = fieldsOf(inner ?? type).find(({ name }) => name === step);
    if (field === undefined) throw new RangeError(`The reader's schema has no "${path.join('.')}".`);
    type = field.type;
  }
  return isNullable ? withNull(type) : type;
}

function fieldsOf(type: Schema): RecordSchema['fields'] {
  return type.kind === 'record' ? type.fields : [];
}

function withNull(type: Schema): Schema {
  if (type.kind === 'null') return type;
  if (type.kind !== 'union') return { kind: 'union', branches: [{ kind: 'null' }, type] };
  if (type.branches.some((branch) => branch.kind === 'null')) return type;
  return { kind: 'union', branches: [{ kind: 'null' }, ...type.branches] };
}
