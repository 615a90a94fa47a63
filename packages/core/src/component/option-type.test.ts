import fc from 'fast-check';
import { Type as TypeBox, type TSchema } from 'typebox';
import { expect, it } from 'vitest';
import { Type } from './option-type.ts';

/** Calls of one constructor after the other, whichever library makes them. */
type Make = (type: typeof Type) => TSchema;

const name = fc.stringMatching(/^[a-z]{1,5}$/);
const extras = fc.option(
  fc.record(
    { description: fc.string(), kind: fc.constantFrom('expression', 'codec'), minLength: fc.nat(3) },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);
const leaf: fc.Arbitrary<Make> = fc.oneof(
  fc.tuple(fc.constantFrom('String', 'Boolean', 'Integer', 'Number', 'Unknown', 'Null'), extras).map(
    ([constructor, options]): Make =>
      (type) =>
        (type[constructor as 'String'] as (given?: object) => TSchema)(options),
  ),
  fc.tuple(fc.oneof(fc.string(), fc.boolean(), fc.integer()), extras).map(
    ([value, options]): Make =>
      (type) =>
        type.Literal(value, options),
  ),
  fc.tuple(fc.uniqueArray(name, { minLength: 1 }), extras).map(
    ([values, options]): Make =>
      (type) =>
        type.Enum(values, options),
  ),
);
const { schema } = fc.letrec<{ schema: Make; member: Make }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(fc.array(fc.tuple(name, tie('member')), { maxLength: 4 }), extras).map(
      ([members, options]): Make =>
        (type) =>
          type.Object(Object.fromEntries(members.map(([key, make]) => [key, make(type)])), options),
    ),
    fc.tuple(tie('schema'), extras).map(
      ([make, options]): Make =>
        (type) =>
          type.Array(make(type), options),
    ),
    fc.tuple(fc.array(tie('schema'), { minLength: 1, maxLength: 3 }), extras).map(
      ([makes, options]): Make =>
        (type) =>
          type.Union(
            makes.map((make) => make(type)),
            options,
          ),
    ),
    fc.tuple(fc.option(fc.constantFrom('^[a-z]+$', '^x'), { nil: undefined }), tie('schema'), extras).map(
      ([pattern, make, options]): Make =>
        (type) =>
          type.Record(type.String(pattern === undefined ? {} : { pattern }), make(type), options),
    ),
    tie('schema').map(
      (make): Make =>
        (type) =>
          type.Unsafe({ ...make(type) }),
    ),
  ),
  member: fc.oneof(
    tie('schema'),
    tie('schema').map(
      (make): Make =>
        (type) =>
          type.Optional(make(type)),
    ),
  ),
}));

/** Shows hidden marks as well, whose order says nothing. */
function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  const all = Object.entries(Object.getOwnPropertyDescriptors(value));
  const of = (printed: boolean) =>
    all.filter(([, { enumerable }]) => enumerable === printed).map(([key, { value: own }]) => [key, shown(own)]);
  return { printed: of(true), hidden: Object.fromEntries(of(false)) as unknown };
}

it('makes what typebox makes, marks that do not print included', () => {
  fc.assert(
    fc.property(schema, (make) => {
      const [ours, theirs] = [make(Type), make(TypeBox)];
      expect(shown(ours)).toEqual(shown(theirs));
      expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
      expect(Type.IsOptional(Type.Optional(ours))).toBe(TypeBox.IsOptional(Type.Optional(ours)));
      expect(Type.IsOptional(theirs)).toBe(TypeBox.IsOptional(ours));
    }),
    { numRuns: 300 },
  );
});
