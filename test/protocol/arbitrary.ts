import type { ApiDefinition, Field, Fields } from '@headrace/protocol';
import fc from 'fast-check';

const wide = 2 ** 31;

const primitives: Record<string, () => fc.Arbitrary<unknown>> = {
  boolean: () => fc.boolean(),
  int8: () => fc.integer({ min: -128, max: 127 }),
  int16: () => fc.integer({ min: -32768, max: 32767 }),
  int32: () => fc.integer({ min: -wide, max: wide - 1 }),
  int64: () => fc.maxSafeInteger(),
  string: () => fc.string({ unit: 'grapheme', maxLength: 8 }),
  uuid: () => fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  bytes: () => fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  records: () => fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
};

/** Returns values of a struct in a version, every field that the version has set. */
export function structArbitrary(fields: Fields, version: number): fc.Arbitrary<Record<string, unknown>> {
  const present = Object.entries(fields).filter(([, { options }]) => {
    return version >= (options.from ?? 0) && version <= (options.to ?? Infinity);
  });
  return fc.record(Object.fromEntries(present.map(([name, field]) => [name, fieldArbitrary(field, version)])), {
    noNullPrototype: true,
  });
}

function fieldArbitrary(field: Field, version: number): fc.Arbitrary<unknown> {
  const value = valueArbitrary(field, version);
  const { nullable } = field.options;
  return nullable !== undefined && version >= nullable ? fc.option(value, { nil: null, freq: 3 }) : value;
}

function valueArbitrary(field: Field, version: number): fc.Arbitrary<unknown> {
  if (field.type === 'array') return fc.array(fieldArbitrary(field.item as Field, version), { maxLength: 3 });
  if (field.type === 'struct') return structArbitrary(field.fields as Fields, version);
  return (primitives[field.type] as () => fc.Arbitrary<unknown>)();
}

/** Returns the versions of a key. */
export function versionsOf(api: ApiDefinition): number[] {
  const [first, last] = api.versions;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
