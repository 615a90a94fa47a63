import { nonNullBranch, type Schema } from '@headrace/avro';
import type { CelType } from '@headrace/cel';
import { celTypeOf } from './cel-type-of.ts';

type Pairs = readonly (readonly [CelType, Schema])[];

/**
 * Tells whether values of an expression's type can be values of a schema, perhaps after a look at run time: an int may fit into an
 * `int`, a text may be a symbol, a nullable may not be null. False where none but null ever is.
 */
export function mayFit(from: CelType, to: Schema): boolean {
  return fits(from, to, []);
}

// Recursive records are cyclic: a pair that is being compared already is taken to fit.
function fits(from: CelType, to: Schema, assumed: Pairs): boolean {
  if (from.kind === 'dyn' || from.kind === 'error') return true;
  if (to.kind === 'null') return from.kind === 'null' || from.kind === 'nullable' || from.kind === 'optional';
  const branch = nonNullBranch(to);
  if (branch !== null) return from.kind === 'null' || fits(nonNull(from), branch, assumed);
  if (to.kind === 'union') return false;
  return partsFit(nonNull(from), to, assumed);
}

function partsFit(from: CelType, to: Exclude<Schema, { kind: 'union' }>, assumed: Pairs): boolean {
  switch (to.kind) {
    case 'record':
      return from.kind === 'record' && recordFits(from, to, assumed);
    case 'array':
      return from.kind === 'list' && fits(from.element, to.items, assumed);
    case 'map':
      return from.kind === 'map' && fits(from.key, { kind: 'string' }, assumed) && fits(from.value, to.values, assumed);
    case 'enum':
      return from.kind === 'string' && (from.symbols?.some((symbol) => to.symbols.includes(symbol)) ?? true);
    case 'float':
    case 'double':
      return from.kind === 'double' || from.kind === 'int' || from.kind === 'uint';
    default: {
      if (isDuration(to))
        return from.kind === 'record' && celFieldsOf(to).every((name) => from.fields.get(name)?.kind === 'int');
      const { kind } = celTypeOf(to);
      if (from.kind === 'type') return kind === 'string';
      return from.kind === kind || (kind === 'int' && from.kind === 'uint');
    }
  }
}

// Fields that a schema lacks are left out.
function recordFits(from: CelType & { kind: 'record' }, to: Schema & { kind: 'record' }, assumed: Pairs): boolean {
  if (celTypeOf(to) === from || assumed.some(([type, schema]) => type === from && schema === to)) return true;
  const pairs: Pairs = [...assumed, [from, to]];
  return to.fields.every((field) => {
    const type = from.fields.get(field.name);
    return type === undefined ? field.default !== undefined : fits(type, field.type, pairs);
  });
}

function isDuration(schema: Schema): boolean {
  return 'logical' in schema && schema.logical?.type === 'duration';
}

function celFieldsOf(schema: Schema): readonly string[] {
  const type = celTypeOf(schema);
  return type.kind === 'record' ? [...type.fields.keys()] : [];
}

function nonNull(type: CelType): CelType {
  return type.kind === 'nullable' || type.kind === 'optional' ? type.of : type;
}
