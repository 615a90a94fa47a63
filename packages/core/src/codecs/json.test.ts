import { parseSchema, type Schema } from '@headrace/avro';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Encoding } from '../component/encoding.ts';
import { dynamic, type ValueType } from '../types/edge-type.ts';
import { jsonCodec } from './json.ts';

const order = parseSchema({
  type: 'record',
  name: 'shop.Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'count', type: 'int', default: 1 },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
    { name: 'rate', type: 'float' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'day', type: { type: 'int', logicalType: 'date' } },
    { name: 'raw', type: 'bytes' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] } },
    { name: 'note', type: ['null', 'string'], default: null },
    {
      name: 'ref',
      type: ['null', 'long', 'string', { type: 'record', name: 'Ref', fields: [{ name: 'n', type: 'int' }] }],
      default: null,
    },
    { name: 'tags', type: { type: 'map', values: 'double' } },
    { name: 'parts', type: { type: 'array', items: 'Order' }, default: [] },
  ],
});

const text = {
  id: 7,
  price: '12.50',
  rate: 0.1,
  at: '2026-01-31T10:00:00.123456Z',
  day: '2026-01-31',
  raw: 'AP8=',
  status: 'PAID',
  ref: { 'shop.Ref': { n: 3 } },
  tags: { __proto__x: 1 },
};

const memory = {
  id: 7,
  count: 1,
  price: { unscaled: 1250n, scale: 2 },
  rate: Math.fround(0.1),
  at: 1769853600123.456,
  day: 1769817600000,
  raw: new Uint8Array([0, 255]),
  status: 'PAID',
  note: null,
  ref: { 'shop.Ref': { n: 3 } },
  tags: Object.assign(Object.create(null), { __proto__x: 1 }) as object,
  parts: [],
};

function encodingOf(schema: ValueType, options: Record<string, unknown> = {}): Encoding {
  return { codec: 'json', options, schema };
}

function decode(schema: ValueType, json: string, options: Record<string, unknown> = {}): unknown {
  const bytes = Buffer.from(`..${json}..`);
  return jsonCodec.decoder(encodingOf(schema, options))(bytes, 2, bytes.length - 2, 0);
}

function encode(schema: ValueType, value: unknown, options: Record<string, unknown> = {}, from = schema): string {
  return Buffer.from(jsonCodec.encoder(encodingOf(schema, options), from)(value)).toString();
}

const thrown = (code: string, message: string | RegExp): unknown =>
  expect.objectContaining({
    code,
    message:
      typeof message === 'string'
        ? (expect.stringContaining(message) as string)
        : (expect.stringMatching(message) as string),
  });

describe('reading JSON with a schema', () => {
  it('reads every kind of type, and takes defaults for what is missing', () => {
    expect(decode(order, JSON.stringify(text))).toEqual(memory);
  });

  it('reads integers exactly from the text, or refuses them', () => {
    const long: Schema = { kind: 'long' };
    expect(decode(long, '9007199254740993')).toBe(9007199254740993n);
    expect(decode(long, '-0')).toBe(0);
    expect(decode({ kind: 'array', items: long }, '[1e3,9007199254740993]')).toEqual([1000, 9007199254740993n]);
    expect(() => decode(long, '9223372036854775808')).toThrow(thrown('BAD_JSON', '64 bits'));
    expect(() => decode(long, '1e18')).toThrow(thrown('LONG_NOT_SAFE', 'exact'));
    expect(() => decode(long, '9007199254740991.4')).toThrow(thrown('LONG_NOT_SAFE', 'exact'));
    expect(() => decode(long, '1.5')).toThrow(thrown('BAD_JSON', 'expected an integer'));
    expect(() => decode({ kind: 'int' }, '2147483648')).toThrow(thrown('BAD_JSON', '32 bits'));
  });

  it('coerces nothing, and names the path of what does not fit', () => {
    const wrong: [object, RegExp][] = [
      [{ id: '7' }, /^id: expected an integer, found a string\.$/],
      [{ price: 12.5 }, /^price: expected a decimal/],
      [{ price: '12.505' }, /^price: expected a decimal/],
      [{ price: '12345678.00' }, /^price: expected a decimal/],
      [{ at: '2026-01-31' }, /^at: expected epoch milliseconds/],
      [{ day: 5 }, /^day: expected a date/],
      [{ raw: 'A' }, /^raw: the text is not base64/],
      [{ status: 'OLD' }, /^status: the text is not a symbol/],
      [{ note: 1 }, /^note: expected a string, found an integer/],
      [{ ref: 5 }, /^ref: expected an object with one of "long"/],
      [{ ref: { 'shop.Ref': { n: true } } }, /^ref\.shop\.Ref\.n: expected an integer of 32 bits, found a boolean/],
      [{ tags: { 'a b': 'x' } }, /^tags\["a b"\]: expected a number, found a string/],
      [{ parts: [text, { ...text, rate: null }] }, /^parts\[1\]\.rate: expected a number, found null/],
      [{ parts: [{}] }, /^parts\[0\]\.id: the field is missing and has no default/],
      [{ rate: 1e39 }, /^rate: the number is beyond/],
    ];
    for (const [change, message] of wrong) {
      expect(() => decode(order, JSON.stringify({ ...text, ...change }))).toThrow(thrown('BAD_JSON', message));
    }
  });

  it('ignores unknown fields unless they are to be errors', () => {
    const json = JSON.stringify({ ...text, parts: [{ ...text, extra: 1 }] });
    expect(decode(order, json)).toMatchObject({ id: 7 });
    expect(() => decode(order, json, { unknown: 'error' })).toThrow(
      thrown('BAD_JSON', /^parts\[0\]\.extra: the schema has no such field/),
    );
  });

  it('refuses a list of a hundred thousand lists without a crash', () => {
    const nested = '{"parts":['.repeat(50_000);
    expect(() => decode(order, nested)).toThrow(thrown('TOO_DEEP', 'deep'));
  });
});

describe('writing JSON with a schema', () => {
  it('writes what reads back as the same value', () => {
    for (const timestamps of ['number', 'iso']) {
      const json = encode(order, memory, { timestamps });
      expect(decode(order, json)).toEqual(memory);
      expect((JSON.parse(json) as { at: unknown }).at).toBe(timestamps === 'iso' ? text.at : memory.at);
    }
    expect(JSON.parse(encode(order, memory))).toMatchObject({
      rate: 0.1,
      price: '12.50',
      day: '2026-01-31',
      raw: 'AP8=',
    });
  });

  it('keeps every long and every float', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        (long, float) => {
          const value = Number.isSafeInteger(Number(long)) ? Number(long) : long;
          expect(decode({ kind: 'long' }, encode({ kind: 'long' }, value))).toBe(value);
          expect(decode({ kind: 'float' }, encode({ kind: 'float' }, float))).toBe(float + 0);
        },
      ),
    );
  });

  it('keeps longs that are held as bigints, nanoseconds and durations', () => {
    const schema = parseSchema({
      type: 'record',
      name: 'R',
      fields: [
        { name: 'id', type: { type: 'long', 'headrace.long': 'bigint' } },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-nanos' } },
        { name: 'local', type: { type: 'long', logicalType: 'local-timestamp-nanos' } },
        { name: 'micros', type: { type: 'long', logicalType: 'timestamp-micros', 'headrace.long': 'bigint' } },
        { name: 'took', type: { type: 'fixed', name: 'D', size: 12, logicalType: 'duration' } },
      ],
    });
    const value = {
      id: 7n,
      at: 1769853600123456789n,
      local: -1n,
      micros: 1769853600123000n,
      took: { months: 1, days: 2, milliseconds: 3 },
    };
    for (const timestamps of ['number', 'iso']) {
      expect(decode(schema, encode(schema, value, { timestamps }))).toEqual(value);
    }
    expect(JSON.parse(encode(schema, value, { timestamps: 'iso' }))).toMatchObject({
      at: '2026-01-31T10:00:00.123456789Z',
      local: '1969-12-31T23:59:59.999999999',
      micros: '2026-01-31T10:00:00.123Z',
    });
    const other = (change: object): string =>
      encode(schema, value, { timestamps: 'iso' }).replace(/.$/, `,${JSON.stringify(change).slice(1)}`);
    expect(() => decode(schema, other({ micros: '2026-01-31T10:00:00.0000001Z' }))).toThrow(thrown('BAD_JSON', 'ISO'));
    expect(() => decode(schema, other({ at: '9999-01-31T10:00:00Z' }))).toThrow(thrown('BAD_JSON', /^at: /));
    expect(() => decode(schema, other({ took: { months: 1 } }))).toThrow(thrown('BAD_JSON', /^took: expected/));
  });

  it('leaves out extra fields and fills defaults for a schema of its own', () => {
    const target = parseSchema({
      type: 'record',
      name: 'Out',
      fields: [
        { name: 'id', type: ['null', 'double'] },
        { name: 'rate', type: 'double' },
        { name: 'kind', type: 'string', default: 'order' },
      ],
    });
    expect(JSON.parse(encode(target, memory, {}, order))).toEqual({
      id: 7,
      rate: Math.fround(0.1),
      kind: 'order',
    });
    expect(JSON.parse(encode(target, { id: 7, rate: 1n, more: 1 }, {}, dynamic))).toEqual({
      id: 7,
      rate: 1,
      kind: 'order',
    });
  });

  it('refuses what does not fit, naming the path', () => {
    expect(() => encode(order, { ...memory, id: 1.5 })).toThrow(
      thrown('NOT_ENCODABLE', /^id: expected an integer that is exact/),
    );
    expect(() => encode(order, { ...memory, tags: { a: NaN } })).toThrow(
      thrown('NOT_ENCODABLE', /^tags\["a"\]: JSON has no NaN/),
    );
    expect(() => encode(order, { ...memory, parts: [{}] })).toThrow(
      thrown('NOT_ENCODABLE', /^parts\[0\]\.id: .* found nothing/),
    );
    const cyclic = { ...memory, parts: [] as unknown[] };
    cyclic.parts.push(cyclic);
    expect(() => encode(order, cyclic)).toThrow(expect.objectContaining({ code: 'TOO_DEEP' }));
  });
});

describe('JSON without a schema', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const expected: unknown = JSON.parse(JSON.stringify(value));
        // Integers beyond 2^53 come back as bigint.
        fc.pre(!/\d{16}/.test(JSON.stringify(value)));
        expect(decode(dynamic, encode(dynamic, expected))).toEqual(expected);
        expect(encode(dynamic, expected)).toBe(JSON.stringify(expected));
      }),
    );
  });

  it('writes big integers in digits, bytes as base64, decimals as text', () => {
    const value = { big: 9007199254740993n, bytes: new Uint8Array([1]), price: { unscaled: -5n, scale: 2 } };
    expect(encode(dynamic, value)).toBe('{"big":9007199254740993,"bytes":"AQ==","price":"-0.05"}');
  });

  it('refuses what JSON has no form for', () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    expect(() => encode(dynamic, { a: [undefined] })).toThrow(
      thrown('NOT_ENCODABLE', /^a\[0\]: expected a value of JSON, found nothing/),
    );
    expect(() => encode(dynamic, { a: Infinity })).toThrow(thrown('NOT_ENCODABLE', /^a: JSON has no NaN/));
    expect(() => encode(dynamic, new Map())).toThrow(thrown('NOT_ENCODABLE', 'a plain object'));
    expect(() => encode(dynamic, cyclic)).toThrow(expect.objectContaining({ code: 'TOO_DEEP' }));
  });
});
