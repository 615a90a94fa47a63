import { nonNullBranch, type Schema } from '@headrace/avro';
import type { CelType } from '@headrace/cel';

/** Tells whether an expression may give null. */
export function acceptsNull({ kind }: CelType): boolean {
  return kind === 'null' || kind === 'nullable' || kind === 'dyn';
}

/** Makes a schema take null as well. */
export function unionWithNull(schema: Schema): Schema {
  if (schema.kind === 'null' || nonNullBranch(schema) !== null) return schema;
  if (schema.kind !== 'union') return { kind: 'union', branches: [{ kind: 'null' }, schema] };
  return schema.branches.some(({ kind }) => kind === 'null')
    ? schema
    : { kind: 'union', branches: [{ kind: 'null' }, ...schema.branches] };
}
