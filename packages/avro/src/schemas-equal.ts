import type { Field, Logical, RecordSchema, Schema } from './schema.ts';

/**
 * Tells whether two schemas have the same values and the same bytes: kinds, names, order of fields, symbols and
 * logical types agree, and how longs are held. Defaults, aliases and docs are left out, as in Avro's Parsing Canonical Form; so is the name of
 * a record where one of the two has none.
 */
export function schemasEqual(a: Schema, b: Schema): boolean {
  return equal(a, b, new Map());
}

/** Holds the pairs of records that are being compared: inside of them they count as equal. */
type Assumed = Map<RecordSchema, Set<RecordSchema>>;

function equal(a: Schema, b: Schema, assumed: Assumed): boolean {
  if (a === b) return true;
  if (a.kind === 'record') return b.kind === 'record' && recordsEqual(a, b, assumed);
  if (a.kind === 'union') return b.kind === 'union' && listsEqual(a.branches, b.branches, assumed);
  if (a.kind === 'array') return b.kind === 'array' && equal(a.items, b.items, assumed);
  if (a.kind === 'map') return b.kind === 'map' && equal(a.values, b.values, assumed);
  if (a.kind === 'enum') {
    if (b.kind !== 'enum' || a.name !== b.name || a.symbols.length !== b.symbols.length) return false;
    return a.symbols.every((symbol, index) => symbol === b.symbols[index]);
  }
  if (a.kind === 'fixed') {
    return b.kind === 'fixed' && a.name === b.name && a.size === b.size && logicalsEqual(a.logical, b.logical);
  }
  return (
    a.kind === b.kind &&
    logicalsEqual(a.logical, b.logical) &&
    ('long' in a ? a.long : undefined) === ('long' in b ? b.long : undefined)
  );
}

function recordsEqual(a: RecordSchema, b: RecordSchema, assumed: Assumed): boolean {
  if (a.name !== null && b.name !== null && a.name !== b.name) return false;
  if (a.fields.length !== b.fields.length) return false;
  const partners = assumed.get(a) ?? new Set();
  if (partners.has(b)) return true;
  assumed.set(a, partners.add(b));
  return a.fields.every((field, index) => {
    const other = b.fields[index] as Field;
    return field.name === other.name && equal(field.type, other.type, assumed);
  });
}

function listsEqual(a: readonly Schema[], b: readonly Schema[], assumed: Assumed): boolean {
  return a.length === b.length && a.every((schema, index) => equal(schema, b[index] as Schema, assumed));
}

function logicalsEqual(a: Logical | undefined, b: Logical | undefined): boolean {
  if (a?.type !== b?.type) return false;
  if (a?.type !== 'decimal' || b?.type !== 'decimal') return true;
  return a.precision === b.precision && a.scale === b.scale;
}
