import { branchName, isTagged } from '../branches.ts';
import { longFormIn } from '../long-form.ts';
import type { RecordSchema, Schema, UnionSchema } from '../schema.ts';

/** Holds the pairs of records that are being compared: inside of them they count as equal. */
type Assumed = Map<RecordSchema, Set<RecordSchema>>;

/**
 * Tells whether the bytes of every value of one type are also those of the same value in memory of another:
 * names of records, enums and fixed do not matter, an int is a long, and an enum may have got more symbols at its end.
 */
export function sameEncoding(from: Schema, to: Schema, assumed: Assumed = new Map()): boolean {
  if (from === to) return true;
  if (to.kind === 'long' && (from.kind === 'int' || from.kind === 'long')) {
    return sameLogical(from, to) && longFormIn(from, 'number') === longFormIn(to, 'number');
  }
  if (from.kind === 'array') return to.kind === 'array' && sameEncoding(from.items, to.items, assumed);
  if (from.kind === 'map') return to.kind === 'map' && sameEncoding(from.values, to.values, assumed);
  if (from.kind === 'union') return to.kind === 'union' && sameBranches(from, to, assumed);
  if (from.kind === 'record') return to.kind === 'record' && sameFields(from, to, assumed);
  if (from.kind === 'enum') {
    return to.kind === 'enum' && from.symbols.every((symbol, index) => symbol === to.symbols[index]);
  }
  if (from.kind !== to.kind || !sameLogical(from, to)) return false;
  return from.kind !== 'fixed' || from.size === (to as { size?: number }).size;
}

function sameBranches(from: UnionSchema, to: UnionSchema, assumed: Assumed): boolean {
  if (from.branches.length !== to.branches.length || isTagged(from) !== isTagged(to)) return false;
  return from.branches.every((branch, index) => {
    const other = to.branches[index] as Schema;
    if (isTagged(from) && branchName(branch) !== branchName(other)) return false;
    return sameEncoding(branch, other, assumed);
  });
}

function sameFields(from: RecordSchema, to: RecordSchema, assumed: Assumed): boolean {
  if (from.fields.length !== to.fields.length) return false;
  const partners = assumed.get(from) ?? new Set();
  if (partners.has(to)) return true;
  assumed.set(from, partners.add(to));
  return from.fields.every((field, index) => {
    const other = to.fields[index];
    return other !== undefined && field.name === other.name && sameEncoding(field.type, other.type, assumed);
  });
}

function sameLogical(from: Schema, to: Schema): boolean {
  const [a, b] = [from, to].map((schema) => ('logical' in schema ? schema.logical : undefined));
  return JSON.stringify(a) === JSON.stringify(b);
}
