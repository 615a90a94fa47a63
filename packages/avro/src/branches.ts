import type { Schema, UnionSchema } from './schema.ts';

/**
 * Returns the T of a union of null and T, in either order, else null.
 * Values of such a union are bare; values of every other union carry the name of their branch.
 */
export function nonNullBranch(schema: Schema): Schema | null {
  if (schema.kind !== 'union' || schema.branches.length !== 2) return null;
  const [first, second] = schema.branches;
  if (first === undefined || second === undefined) return null;
  if (first.kind === 'null') return second.kind === 'null' ? null : second;
  return second.kind === 'null' ? first : null;
}

/** Returns the name under which a value of a branch stands in memory: the full name of a named type, else its kind. */
export function branchName(schema: Schema): string {
  return 'name' in schema && schema.name !== null ? schema.name : schema.kind;
}

/** Tells whether values of a union carry the name of their branch. */
export function isTagged(schema: UnionSchema): boolean {
  return nonNullBranch(schema) === null;
}
