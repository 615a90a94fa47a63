import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCodec, createResolvingCodec } from '../codec.ts';
import { parseSchema } from '../parse-schema.ts';
import { checkCompatibility } from './check-compatibility.ts';
import { findIncompatibilities } from './find-incompatibilities.ts';

interface Case {
  name: string;
  reader: unknown;
  writer: unknown;
  compatible: boolean;
  incompatibilities: { type: string; location: string }[];
}

const file = new URL('../../../../test/golden/avro-schemas/compatibility.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];
const record = (...fields: unknown[]): object => ({ type: 'record', name: 'R', fields });
const long = (logicalType: string): object => ({ type: 'long', logicalType });
const problems = (reader: unknown, writer: unknown): unknown[] =>
  findIncompatibilities(parseSchema(reader), parseSchema(writer)).map(
    ({ code, path, message }) => `${code} ${path}: ${message}`,
  );

describe('findIncompatibilities', () => {
  it.each(cases)('agrees with Java: $name', ({ reader, writer, incompatibilities }) => {
    const found = findIncompatibilities(parseSchema(reader), parseSchema(writer));
    expect(found.map(({ code }) => code)).toEqual(incompatibilities.map(({ type }) => type));
    for (const [index, { pointer }] of found.entries()) {
      const { location, type } = incompatibilities[index] as Case['incompatibilities'][0];
      // Java points at the writer's branch where a union is at fault.
      if (type !== 'MISSING_UNION_BRANCH' && !/\/\d+$/.test(location)) expect(pointer || '/').toBe(location);
    }
  });

  it('says in sentences which field and why', () => {
    const item = (price: unknown, ...more: unknown[]): object => ({
      type: 'record',
      name: 'Item',
      fields: [{ name: 'price', type: price }, ...more],
    });
    const order = (of: object, status: string[]): object =>
      record(
        { name: 'items', type: { type: 'array', items: of } },
        { name: 'status', type: { type: 'enum', name: 'Status', symbols: status } },
      );
    expect(problems(order(item('int', { name: 'sku', type: 'string' }), ['NEW']), order(item('double'), ['NEW', 'PAID', 'GONE']))).toEqual([
      'TYPE_MISMATCH items[].price: double is written, which cannot be read as int.',
      'READER_FIELD_MISSING_DEFAULT_VALUE items[].sku: The field is not written, and the reader has no default for it.',
      'MISSING_ENUM_SYMBOLS status: The symbols PAID, GONE may be written and are unknown to the reader, whose enum has no default.',
    ]); // prettier-ignore
    expect(problems(['null', 'int'], ['null', 'string'])).toEqual([
      "MISSING_UNION_BRANCH : string may be written, which is none of the reader's branches (null, int).",
    ]);
    expect(problems(['null', item('int')], item('string'))).toEqual([
      'TYPE_MISMATCH price: string is written, which cannot be read as int.',
    ]);
    expect(problems({ type: 'map', values: long('timestamp-micros') }, { type: 'map', values: long('timestamp-millis') })).toEqual([
      'LOGICAL_TYPE_MISMATCH []: timestamp-millis is written, whose numbers mean something else as timestamp-micros.',
    ]); // prettier-ignore
  });

  it('ends on records that hold many unions of each other', () => {
    const fields = (level: number): object[] => ['a', 'b'].map((name) => ({ name, type: ['null', `L${level - 1}`] }));
    const chain = (inner: string): object =>
      record(
        { name: 'l0', type: { type: 'record', name: 'L0', fields: [{ name: 'x', type: inner }] } },
        ...Array.from({ length: 40 }, (_, index) => ({
          name: `l${index + 1}`,
          type: { type: 'record', name: `L${index + 1}`, fields: fields(index + 1) },
        })),
      );
    expect(problems(chain('long'), chain('int'))).toEqual([]);
    try {
      expect(problems(chain('int'), chain('long')).length).toBeGreaterThan(0);
    } catch (error) {
      expect(error).toMatchObject({ code: 'RESOLUTION_FAILED' });
    }
  });

  // It took some two seconds when this was written, and a hundred before.
  it('does not look at all that it has compared again for each branch of a large union', () => {
    const large = (last: string): object => {
      const inner = (name: string, type: string): object => ({ type: 'record', name, fields: [{ name: 'x', type }] });
      const single = Array.from({ length: 2000 }, (_, index) => ({
        name: `f${index}`,
        type: inner(`R${index}`, 'int'),
      }));
      const branches = Array.from({ length: 300 }, (_, index) => inner(`U${index}`, last));
      return record(...single, { name: 'union', type: branches });
    };
    expect(problems(large('int'), large('string'))).toHaveLength(300);
  }, 40_000);

  it('agrees with decoding: what is compatible decodes, what is not fails for some datum', () => {
    const data: Record<string, unknown[]> = {
      null: [null],
      boolean: [true],
      int: [-1],
      long: [-1],
      float: [0.5],
      double: [0.5],
      bytes: [new Uint8Array([0x61])],
      string: ['a'],
    };
    const types = Object.keys(data);
    const unions = types.flatMap((a) => types.filter((b) => b !== a).map((b) => [a, b]));
    for (const writer of [...types, ...unions]) {
      for (const reader of [...types, ...unions.filter((_, index) => index % 5 === 0)]) {
        const [from, to] = [parseSchema(writer), parseSchema(reader)];
        const branches = [writer].flat();
        const values = branches.flatMap((branch) =>
          (data[branch] ?? []).map((value) =>
            typeof writer === 'string' || writer.includes('null') || value === null ? value : { [branch]: value },
          ),
        );
        let failures = 0;
        for (const value of values) {
          const bytes = createCodec(from).encode(value);
          try {
            createResolvingCodec(from, to).decode(bytes, 0, bytes.length);
          } catch (error) {
            expect(error).toMatchObject({ code: 'RESOLUTION_FAILED' });
            failures++;
          }
        }
        expect([writer, reader, findIncompatibilities(to, from).length === 0]).toEqual([
          writer,
          reader,
          failures === 0,
        ]);
      }
    }
  });
});

describe('checkCompatibility', () => {
  const v1 = parseSchema(record({ name: 'a', type: 'int' }));
  const v2 = parseSchema(record({ name: 'a', type: 'int' }, { name: 'b', type: 'int', default: 0 }));
  const v3 = parseSchema(record({ name: 'b', type: 'long' }));

  it('looks in the directions of its mode', () => {
    expect(checkCompatibility(v2, [v1], 'full')).toEqual({ mode: 'full', compatible: true, problems: [] });
    expect(checkCompatibility(v3, [v2], 'backward').compatible).toBe(true);
    expect(checkCompatibility(v3, [v2], 'forward').problems).toMatchObject([
      { direction: 'forward', version: 0, code: 'READER_FIELD_MISSING_DEFAULT_VALUE', path: 'a' },
      { direction: 'forward', version: 0, code: 'TYPE_MISMATCH', path: 'b' },
    ]);
    expect(checkCompatibility(v3, [v2], 'full').problems).toHaveLength(2);
  });

  it('looks at the last of the earlier schemas, or at all of them', () => {
    expect(checkCompatibility(v3, [v1, v2], 'backward').compatible).toBe(true);
    expect(checkCompatibility(v3, [v1, v2], 'backward-transitive').problems).toMatchObject([
      { direction: 'backward', version: 0, code: 'READER_FIELD_MISSING_DEFAULT_VALUE', path: 'b' },
    ]);
    expect(checkCompatibility(v3, [], 'full-transitive').compatible).toBe(true);
  });
});
