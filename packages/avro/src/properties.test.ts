import { describe, expect, it } from 'vitest';
import { createCodec, createResolvingCodec } from './codec.ts';
import { parseSchema, parseSchemaText } from './parse-schema.ts';
import { schemaToJson } from './schema-json.ts';
import { schemaToText } from './schema-text.ts';
import type { RecordSchema } from './schema.ts';

const refused = (json: unknown): unknown => {
  try {
    parseSchema(json);
  } catch (error) {
    const { code, pointer } = error as { code: string; pointer: string };
    return [code, pointer];
  }
  return 'accepted';
};
const record = (...fields: unknown[]): unknown => ({ type: 'record', name: 'R', fields });

describe('attributes that Avro does not know', () => {
  it('are kept on every kind of type and on fields, as is the order', () => {
    const json = {
      type: 'record',
      name: 'R',
      doc: 'A record.',
      fields: [
        { name: 'a', type: { type: 'string', 'avro.java.string': 'String' }, order: 'ignore', doc: 'A', pii: true },
        { name: 'b', type: { type: 'array', items: 'int', set: { a: [1] } }, default: [] },
        { name: 'c', type: { type: 'map', values: 'int', m: null } },
        { name: 'd', type: { type: 'enum', name: 'E', symbols: ['A'], e: 1 } },
        { name: 'e', type: { type: 'fixed', name: 'F', size: 1, f: 1, logicalType: 'uuid' } },
      ],
      owner: { team: 'x' },
    };
    expect(schemaToJson(parseSchema(json))).toEqual(json);
    expect(parseSchemaText(schemaToText(parseSchema(json)))).toEqual(parseSchema(json));
  });

  it('do not reach a prototype', () => {
    const schema = parseSchema(JSON.parse('{"type":"array","items":"int","__proto__":{"polluted":true}}'));
    expect('polluted' in schema).toBe(false);
    expect(JSON.stringify(schemaToJson(schema))).toContain('"__proto__":{"polluted":true}');
  });

  it('count against the limits', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100; level++) deep = [deep];
    expect(refused({ type: 'string', deep })).toMatchObject(['TOO_DEEP', expect.stringMatching('^/deep/0/0')]);
    expect(refused({ type: 'string', many: Array.from({ length: 30_000 }, () => 1) })).toMatchObject([
      'TOO_LARGE',
      expect.stringMatching('^/many'),
    ]);
    const field = { name: 'a', type: record(), default: { extra: deep } };
    expect(refused(record({ ...field, type: { type: 'record', name: 'S', fields: [] } }))).toMatchObject(['TOO_DEEP', /^\/fields\/0\/default/]); // prettier-ignore
  });

  it('have pointers that are escaped', () => {
    expect(refused({ type: 'string', 'a/b~c': Array.from({ length: 30_000 }, () => 1) })).toMatchObject([
      'TOO_LARGE',
      expect.stringMatching('^/a~1b~0c/'),
    ]);
  });

  it('of a wrong order are refused', () => {
    expect(refused(record({ name: 'a', type: 'int', order: 'random' }))).toEqual(['BAD_ORDER', '/fields/0/order']);
  });
});

describe('headrace.long', () => {
  const WIDE = 9007199254740993n;
  const field = (type: unknown, more = {}): unknown => record({ name: 'a', type, 'headrace.long': 'bigint', ...more });
  const codecOf = (json: unknown) => createCodec(parseSchema(json));
  const roundTrip = (json: unknown, value: unknown): unknown => {
    const codec = codecOf(json);
    const bytes = codec.encode(value);
    return codec.decode(bytes, 0, bytes.length);
  };

  it('makes the longs of one field bigints', () => {
    expect(roundTrip(field('long'), { a: WIDE })).toEqual({ a: WIDE });
    expect(roundTrip(field('long'), { a: 5 })).toEqual({ a: 5n });
    expect(roundTrip(field(['null', 'long']), { a: null })).toEqual({ a: null });
    expect(roundTrip(field({ type: 'map', values: { type: 'array', items: 'long' } }), { a: { x: [1n] } })).toEqual({
      a: Object.assign(Object.create(null), { x: [1n] }),
    });
  });

  it('keeps a logical type in its own unit', () => {
    const micros = { type: 'long', logicalType: 'timestamp-micros' };
    expect(roundTrip(field(micros), { a: 1_700_000_000_123_456n })).toEqual({ a: 1_700_000_000_123_456n });
    expect(createCodec(parseSchema(micros), { long: 'bigint' }).encode(7)).toEqual(codecOf('long').encode(7));
  });

  it('goes before what the codec says, and nanoseconds before both', () => {
    const bytes = codecOf('long').encode(7);
    const schema = parseSchema({ type: 'long', 'headrace.long': 'number' });
    expect(createCodec(schema, { long: 'bigint' }).decode(bytes, 0, 1)).toBe(7);
    expect(createCodec(parseSchema('long'), { long: 'bigint' }).decode(bytes, 0, 1)).toBe(7n);
    for (const logicalType of ['timestamp-nanos', 'local-timestamp-nanos']) {
      expect(codecOf({ type: 'long', logicalType }).decode(bytes, 0, 1)).toBe(7n);
    }
  });

  it('holds for defaults and promotions too', () => {
    const writer = parseSchema(record({ name: 'b', type: 'int' }));
    const reader = parseSchemaText(
      `{"type":"record","name":"R","fields":[{"name":"b","type":"long"},{"name":"a","type":"long","default":${WIDE}}]}`,
    );
    const decoder = createResolvingCodec(writer, reader, { long: 'bigint' });
    expect(decoder.decode(Uint8Array.of(4), 0, 1)).toEqual({ b: 2n, a: WIDE });
    expect(() => createResolvingCodec(writer, reader)).toThrow(
      'a: the default 9007199254740993 cannot be held exactly in a number',
    );
  });

  it('is "number" or "bigint", and written back', () => {
    expect(refused(field('long', { 'headrace.long': 'text' }))).toEqual(['BAD_PROPERTY', '/fields/0/headrace.long']);
    const schema = parseSchema(field('long')) as RecordSchema;
    expect(schemaToJson(schema)).toEqual(record({ name: 'a', type: { type: 'long', 'headrace.long': 'bigint' } }));
    expect(parseSchema(schemaToJson(schema))).toEqual(schema);
  });

  it('does not change what can be written', () => {
    const codec = codecOf('long');
    expect(codec.encode(-(2n ** 63n))).toEqual(Buffer.from('ffffffffffffffffff01', 'hex'));
    expect(codec.encode(2n ** 63n - 1n)).toEqual(Buffer.from('feffffffffffffffff01', 'hex'));
    expect(() => codec.encode(2n ** 63n)).toThrow('expected long, got bigint 9223372036854775808');
  });
});

describe('duration', () => {
  const schema = parseSchema({ type: 'fixed', name: 'D', size: 12, logicalType: 'duration' });
  const codec = createCodec(schema);

  it('is three numbers', () => {
    const value = { months: 1, days: 2, milliseconds: 4_294_967_295 };
    const bytes = codec.encode(value);
    expect(Buffer.from(bytes).toString('hex')).toBe('0100000002000000ffffffff');
    expect(codec.decode(bytes, 0, 12)).toEqual(value);
  });

  it.each([{ months: -1, days: 0, milliseconds: 0 }, { months: 0.5, days: 0, milliseconds: 0 }, { days: 1 }, 5, null])(
    'refuses %j',
    (value) => expect(() => codec.encode(value)).toThrow(/expected duration \(\{ months, days, milliseconds \}\), got/),
  );
});
