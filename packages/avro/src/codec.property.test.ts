import avsc from 'avsc';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AvroError } from './avro-error.ts';
import { branchName, isTagged, nonNullBranch } from './branches.ts';
import { createCodec, createResolvingCodec } from './codec.ts';
import { parseSchema } from './parse-schema.ts';
import type { Schema } from './schema.ts';
import { schemaToJson } from './schema-json.ts';
import { schemasEqual } from './schemas-equal.ts';

const LEAVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string', 'enum', 'fixed'];

/** Makes JSON of schemas; types get their names afterwards, by their place. */
const { shape } = fc.letrec((tie) => {
  const leaf = fc.constantFrom(...LEAVES);
  const nested = tie('shape');
  return {
    shape: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      leaf,
      fc.record({ type: fc.constant('array'), items: nested }),
      fc.record({ type: fc.constant('map'), values: nested }),
      fc.record({ type: fc.constant('record'), fields: fc.array(nested, { maxLength: 5 }) }),
      fc.record({ type: fc.constant('union'), branches: fc.array(nested, { minLength: 1, maxLength: 4 }) }),
    ),
  };
});

type Shape = string | { type: string; items?: Shape; values?: Shape; fields?: Shape[]; branches?: Shape[] };

function nameTypes(shapeOf: Shape, path: string): unknown {
  if (shapeOf === 'enum') return { type: 'enum', name: `E${path}`, symbols: ['A', 'B', 'C'] };
  if (shapeOf === 'fixed') return { type: 'fixed', name: `F${path}`, size: 3 };
  if (typeof shapeOf === 'string') return shapeOf;
  if (shapeOf.items !== undefined) return { type: 'array', items: nameTypes(shapeOf.items, `${path}_i`) };
  if (shapeOf.values !== undefined) return { type: 'map', values: nameTypes(shapeOf.values, `${path}_v`) };
  if (shapeOf.fields !== undefined) {
    const fields = shapeOf.fields.map((type, index) => ({
      name: `f${index}`,
      type: nameTypes(type, `${path}_${index}`),
    }));
    return { type: 'record', name: `R${path}`, fields };
  }
  const branches = (shapeOf.branches ?? []).map((branch, index) => nameTypes(branch, `${path}_b${index}`));
  const kinds = new Set<unknown>();
  const distinct = branches.filter((branch) => {
    const kind = Array.isArray(branch)
      ? 'union'
      : ((branch as { name?: string; type?: string }).name ?? (branch as { type?: string }).type ?? branch);
    const isNew = kind !== 'union' && !kinds.has(kind);
    kinds.add(kind);
    return isNew;
  });
  return distinct.length === 0 ? 'null' : distinct;
}

const schemaJson = shape.map((made) => nameTypes(made as Shape, ''));

function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  switch (schema.kind) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer();
    case 'long':
      return fc.oneof(fc.maxSafeInteger(), fc.integer());
    case 'float':
      return fc.float();
    case 'double':
      return fc.double();
    case 'string':
      return fc.string({ unit: 'binary' });
    case 'bytes':
      return fc.uint8Array().map((bytes) => new Uint8Array(bytes));
    case 'fixed':
      return fc.uint8Array({ minLength: schema.size, maxLength: schema.size }).map((bytes) => new Uint8Array(bytes));
    case 'enum':
      return fc.constantFrom(...schema.symbols);
    case 'array':
      return fc.array(valueOf(schema.items), { maxLength: 5 });
    case 'map':
      return fc
        .array(fc.tuple(fc.oneof(fc.string(), fc.constant('__proto__')), valueOf(schema.values)), { maxLength: 4 })
        .map((entries) => {
          const map = Object.create(null) as Record<string, unknown>;
          for (const [key, value] of entries) map[key] = value;
          return map;
        });
    case 'record':
      return fc.record(Object.fromEntries(schema.fields.map((field) => [field.name, valueOf(field.type)])), {
        noNullPrototype: true,
      });
    case 'union':
      return fc.oneof(
        ...schema.branches.map((branch) => {
          const value = valueOf(branch);
          if (branch.kind === 'null' || !isTagged(schema)) return value;
          return value.map((inner) => ({ [branchName(branch)]: inner }));
        }),
      );
  }
}

/** Turns a value of ours into one of avsc, which tags every union. */
function toAvsc(schema: Schema, value: unknown): unknown {
  if (schema.kind === 'array') return (value as unknown[]).map((item) => toAvsc(schema.items, item));
  if (schema.kind === 'map') {
    return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, toAvsc(schema.values, item)]));
  }
  if (schema.kind === 'record') {
    const record = value as Record<string, unknown>;
    return Object.fromEntries(schema.fields.map(({ name, type }) => [name, toAvsc(type, record[name])]));
  }
  if (schema.kind === 'bytes' || schema.kind === 'fixed') return Buffer.from(value as Uint8Array);
  if (schema.kind !== 'union' || value === null) return value;
  const inner = nonNullBranch(schema);
  if (inner !== null) return { [branchName(inner)]: toAvsc(inner, value) };
  const [name, tagged] = Object.entries(value as object)[0] as [string, unknown];
  const branch = schema.branches.find((each) => branchName(each) === name) as Schema;
  return { [name]: toAvsc(branch, tagged) };
}

/** Tells whether avsc would write another value: it doubles longs beyond 2^52 in a number, which rounds them. */
const hasWideLong = (value: unknown): boolean => {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasWideLong);
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) > 2 ** 52;
};

const hasProtoKey = (value: unknown): boolean => JSON.stringify(value)?.includes('"__proto__"') ?? false;

const schemaAndValue = schemaJson.chain((json) => {
  const schema = parseSchema(json);
  return valueOf(schema).map((value) => ({ json, schema, value }));
});

it('reads what it wrote, from inside a larger buffer', () => {
  fc.assert(
    fc.property(schemaAndValue, ({ schema, value }) => {
      const codec = createCodec(schema);
      const bytes = codec.encode(value);
      const around = new Uint8Array(bytes.length + 7).fill(0xff);
      around.set(bytes, 3);
      expect(codec.decode(around, 3, 3 + bytes.length)).toEqual(value);
    }),
    { numRuns: 500 },
  );
});

it('writes what avsc reads, and reads what avsc writes', () => {
  fc.assert(
    fc.property(schemaAndValue, ({ json, schema, value }) => {
      fc.pre(!hasProtoKey(value) && !hasWideLong(value));
      const type = avsc.Type.forSchema(json as never, { wrapUnions: 'always' } as never);
      const theirs = toAvsc(schema, value);
      const codec = createCodec(schema);
      const bytes = Buffer.from(codec.encode(value));
      expect(bytes.equals(type.toBuffer(theirs))).toBe(true);
      expect(type.toBuffer(type.fromBuffer(bytes)).equals(bytes)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('writes longs as an exact zig-zag does', () => {
  const codec = createCodec({ kind: 'long' });
  const edges = [2 ** 27, 2 ** 28, 2 ** 31, 2 ** 52, 2 ** 53 - 1].flatMap((edge) => [edge, -edge, edge - 1, 1 - edge]);
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), fc.constantFrom(...edges)), (value) => {
      const bytes: number[] = [];
      let bits = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
      for (; bits > 0x7fn; bits >>= 7n) bytes.push(Number(bits & 0x7fn) | 0x80);
      bytes.push(Number(bits));
      expect([...codec.encode(value)]).toEqual(bytes);
      expect(codec.decode(Uint8Array.from(bytes), 0, bytes.length)).toBe(value);
    }),
    { numRuns: 1000 },
  );
});

it('throws nothing but AvroError for bytes of chance', () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 60 }));
  fc.assert(
    fc.property(schemaJson, schemaJson, bytes, (writerJson, readerJson, items) => {
      const buffer = Uint8Array.from(items);
      const writer = parseSchema(writerJson);
      for (const reader of [writer, parseSchema(readerJson)]) {
        try {
          createResolvingCodec(writer, reader).decode(buffer, 0, buffer.length);
        } catch (error) {
          expect(error).toBeInstanceOf(AvroError);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

it('refuses every value with one byte less or one byte more', () => {
  fc.assert(
    fc.property(schemaAndValue, ({ schema, value }) => {
      const codec = createCodec(schema);
      const bytes = codec.encode(value);
      const more = Buffer.concat([bytes, Buffer.from([0])]);
      expect(() => codec.decode(more, 0, more.length)).toThrow(AvroError);
      if (bytes.length > 0) expect(() => codec.decode(bytes, 0, bytes.length - 1)).toThrow(AvroError);
    }),
    { numRuns: 200 },
  );
});

it('skips every value that it reads', () => {
  fc.assert(
    fc.property(schemaAndValue, ({ schema, value }) => {
      const field = { name: 'skipped', type: schema, aliases: [] };
      const last = { name: 'last', type: { kind: 'int' } as const, aliases: [] };
      const writer: Schema = { kind: 'record', name: 'Outer', fields: [field, last] };
      const reader: Schema = { kind: 'record', name: 'Outer', fields: [last] };
      const bytes = createCodec(writer).encode({ skipped: value, last: 7 });
      expect(createResolvingCodec(writer, reader).decode(bytes, 0, bytes.length)).toEqual({ last: 7 });
    }),
    { numRuns: 200 },
  );
});

it('returns JSON that parses to an equal schema', () => {
  fc.assert(
    fc.property(schemaJson, (json) => {
      const schema = parseSchema(json);
      expect(schemasEqual(parseSchema(schemaToJson(schema)), schema)).toBe(true);
    }),
    { numRuns: 200 },
  );
});
