import { nonNullBranch, type Field, type RecordSchema, type Schema } from '@headrace/avro';
import { isDynamic, type ValueType } from './edge-type.ts';
import { sameType } from './same-type.ts';

/**
 * Returns the narrowest type that takes the values of two: fields that one of them lacks may be null, numbers become the wider type
 * that holds both exactly, as far as there is one (an int and a float become a double). Null where there is no such type.
 */
export function widenTypes(a: ValueType, b: ValueType): ValueType | null {
  if (isDynamic(a) || isDynamic(b)) return isDynamic(a) && isDynamic(b) ? a : null;
  return new Widening().of(a, b);
}

const nullSchema: Schema = { kind: 'null' };

class Widening {
  /** Records that contain themselves meet their own result here. */
  readonly #records = new Map<RecordSchema, Map<RecordSchema, RecordSchema>>();

  of(a: Schema, b: Schema): Schema | null {
    if (sameType(a, b)) return a;
    const [innerA, innerB] = [present(a), present(b)];
    if (innerA !== a || innerB !== b || a.kind === 'null' || b.kind === 'null') {
      if (innerA === null || innerB === null) return nullable((innerA ?? innerB) as Schema);
      const inner = this.of(innerA, innerB);
      return inner === null ? null : nullable(inner);
    }
    if (a.kind === 'record' && b.kind === 'record') return this.#record(a, b);
    if (a.kind === 'array' && b.kind === 'array') {
      const items = this.of(a.items, b.items);
      return items === null ? null : { kind: 'array', items };
    }
    if (a.kind === 'map' && b.kind === 'map') {
      const values = this.of(a.values, b.values);
      return values === null ? null : { kind: 'map', values };
    }
    return widerNumber(a, b);
  }

  #record(a: RecordSchema, b: RecordSchema): RecordSchema | null {
    const known = this.#records.get(a)?.get(b);
    if (known !== undefined) return known;
    const fields: Field[] = [];
    // It is no record that anybody declared.
    const result: RecordSchema = { kind: 'record', name: null, fields };
    const partners = this.#records.get(a) ?? new Map<RecordSchema, RecordSchema>();
    this.#records.set(a, partners.set(b, result));
    const others = new Map(b.fields.map((field) => [field.name, field]));
    for (const field of a.fields) {
      const other = others.get(field.name);
      others.delete(field.name);
      const both = other === undefined ? mayLack(field) : this.#field(field, other);
      if (both === null) return null;
      fields.push(both);
    }
    fields.push(...[...others.values()].map(mayLack));
    return result;
  }

  /** What a missing field would be is kept where both agree on it; null stays what it is where it was on one side. */
  #field(a: Field, b: Field): Field | null {
    const type = this.of(a.type, b.type);
    if (type === null) return null;
    const both = { name: a.name, type, aliases: [] };
    if (present(type) !== type && (a.default === null || b.default === null)) return { ...both, default: null };
    const agreed = a.default !== undefined && JSON.stringify(a.default) === JSON.stringify(b.default);
    return agreed && type === a.type ? { ...both, default: a.default } : both;
  }
}

/** A field that some records lack is null in them, whatever its default was. */
function mayLack({ name, type }: Field): Field {
  return { name, type: nullable(type), aliases: [], default: null };
}

/** Returns what a type is beside null: itself where it takes none, null where it is nothing else. */
function present(schema: Schema): Schema | null {
  return schema.kind === 'null' ? null : (nonNullBranch(schema) ?? schema);
}

function nullable(schema: Schema): Schema {
  if (schema.kind === 'null') return schema;
  if (schema.kind !== 'union') return { kind: 'union', branches: [nullSchema, schema] };
  if (schema.branches.some(({ kind }) => kind === 'null')) return schema;
  return { kind: 'union', branches: [nullSchema, ...schema.branches] };
}

const numbers: readonly string[] = ['int', 'long', 'float', 'double'];

function widerNumber(a: Schema, b: Schema): Schema | null {
  if (!isPlainNumber(a) || !isPlainNumber(b)) return null;
  const isWhole = (schema: Schema): boolean => schema.kind === 'int' || schema.kind === 'long';
  return isWhole(a) && isWhole(b) ? { kind: 'long' } : { kind: 'double' };
}

/** A number with a meaning of its own is no other number; a long in another form has another form in memory. */
function isPlainNumber(schema: Schema): boolean {
  if (!numbers.includes(schema.kind)) return false;
  return !('logical' in schema && schema.logical !== undefined) && !('long' in schema && schema.long !== undefined);
}
