import { describe, expect, it } from 'vitest';
import { createCodec, createResolvingCodec } from './codec.ts';
import { parseSchema } from './parse-schema.ts';

const ITEM = {
  type: 'record',
  name: 'Item',
  fields: [
    { name: 'sku', type: 'string' },
    { name: 'price', type: 'double' },
  ],
};
const ORDER = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'items', type: { type: 'array', items: ITEM } },
    { name: 'note', type: ['null', 'string'] },
    { name: 'extra', type: { type: 'map', values: ['int', 'string'] }, default: {} },
  ],
};
const codec = createCodec(parseSchema(ORDER));
const order = { id: 'o-1', items: [{ sku: 'a', price: 1.5 }], note: null, extra: {} };
const codecOf = (json: unknown) => createCodec(parseSchema(json));
const roundTrip = (json: unknown, value: unknown): unknown => {
  const each = codecOf(json);
  const bytes = each.encode(value);
  return each.decode(bytes, 0, bytes.length);
};

describe('encode', () => {
  it('names the place and what was expected', () => {
    const items = [order.items[0], { sku: 'b', price: '12' }];
    expect(() => codec.encode({ ...order, items })).toThrow('items[1].price: expected double, got string "12"');
    expect(() => codec.encode({ ...order, extra: { 'a.b': 7 } })).toThrow(
      'extra["a.b"]: expected one of { int: … }, { string: … }, got number 7',
    );
    expect(() => codec.encode({ ...order, id: 'x'.repeat(99) + '\ud800' })).toThrow(
      `id: expected well-formed text, got string "${'x'.repeat(40)}…"`,
    );
    expect(() => codec.encode(5)).toThrow('expected record Order, got number 5');
  });

  it('takes the default of a missing field, and refuses one without, nullable or not', () => {
    const { id, items, note } = order;
    expect(codec.encode({ id, items, note })).toEqual(codec.encode(order));
    expect(() => codec.encode({ id: 'o-1', items: [] })).toThrow(
      'note: the field is missing and has no default: null must be given as such',
    );
    expect(() => codec.encode({ items: [], note: null })).toThrow('id: the field is missing and has no default');
  });

  it('does not take what an object inherits for a field', () => {
    const inherits = codecOf({
      type: 'record',
      name: 'R',
      fields: [{ name: 'toString', type: 'string', default: 'd' }],
    });
    const bytes = inherits.encode({});
    expect(inherits.decode(bytes, 0, bytes.length)).toEqual({ toString: 'd' });
  });

  it('writes as many items as it has counted, also where a getter makes the array grow', () => {
    const codec = codecOf({
      type: 'array',
      items: { type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }] },
    });
    const items: object[] = [];
    const growing = {
      get a() {
        items.push({ a: 9 });
        return 1;
      },
    };
    items.push(growing, growing);
    const bytes = codec.encode(items);
    expect(codec.decode(bytes, 0, bytes.length)).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('refuses what has no keys of its own as a map', () => {
    const codec = codecOf({ type: 'record', name: 'R', fields: [{ name: 'm', type: { type: 'map', values: 'int' } }] });
    expect(() => codec.encode({ m: new Map([['a', 1]]) })).toThrow(
      'm: expected map (an object with a key for each entry), got a Map',
    );
    expect(() => codec.encode({ m: new Date(0) })).toThrow('got a Date');
    expect(Buffer.from(codec.encode({ m: {} }))).toEqual(Buffer.from([0]));
    expect(Buffer.from(codec.encode({ m: Object.create(null) }))).toEqual(Buffer.from([0]));
  });

  it('refuses a value that contains itself', () => {
    const node = codecOf({ type: 'record', name: 'N', fields: [{ name: 'next', type: ['null', 'N'] }] });
    const value: Record<string, unknown> = {};
    value['next'] = value;
    expect(() => node.encode(value)).toThrow(/values nest more than/);
  });

  it('may be called by a getter of the value that it encodes', () => {
    const value = {
      get sku() {
        return String(codec.encode(order).length);
      },
      price: 2,
    };
    expect(roundTrip(ITEM, value)).toEqual({ sku: '18', price: 2 });
  });

  it('refuses numbers that a type cannot hold', () => {
    expect(() => codecOf('int').encode(2 ** 31)).toThrow('expected int, got number 2147483648');
    expect(() => codecOf('long').encode(2 ** 53)).toThrow('expected long, got number 9007199254740992');
    expect(() => codecOf('float').encode(1e300)).toThrow('expected float, got number 1e+300');
    expect(() => codecOf('bytes').encode('text')).toThrow('expected bytes, got string "text"');
  });
});

describe('decode', () => {
  it('copies bytes and keeps nothing of the buffer', () => {
    const bytes = codecOf('bytes').encode(Uint8Array.of(1, 2, 3));
    const buffer = new Uint8Array(16);
    buffer.set(bytes, 5);
    const value = codecOf('bytes').decode(buffer, 5, 5 + bytes.length) as Uint8Array;
    buffer.fill(0);
    expect(value).toEqual(Uint8Array.of(1, 2, 3));
    expect(value.buffer.byteLength).toBe(3);
  });

  it('names the place of a fault', () => {
    const bytes = codec.encode({ ...order, items: [order.items[0], { sku: 'é', price: 1 }] });
    const broken = Uint8Array.from(bytes);
    broken[broken.indexOf(0xc3)] = 0xff;
    expect(() => codec.decode(broken, 0, broken.length)).toThrow(
      expect.objectContaining({ code: 'BAD_UTF8', path: 'items[1].sku' }),
    );
    const long = codecOf({ type: 'record', name: 'R', fields: [{ name: 'n', type: 'long' }] });
    const unsafe = Buffer.from('8280808080808020', 'hex');
    expect(() => long.decode(unsafe, 0, unsafe.length)).toThrow(
      'n: the long 9007199254740993 cannot be held exactly in a number',
    );
  });

  it('makes plain records in the order of the schema, also when the writer had another', () => {
    const fields = [
      { name: 'b', type: 'int' },
      { name: 'a', type: 'string' },
    ];
    const writer = parseSchema({ type: 'record', name: 'R', fields });
    const reader = parseSchema({ type: 'record', name: 'R', fields: [...fields].reverse() });
    const bytes = createCodec(writer).encode({ a: 'x', b: 1 });
    const value = createResolvingCodec(writer, reader).decode(bytes, 0, bytes.length) as object;
    expect(Object.entries(value)).toEqual([
      ['a', 'x'],
      ['b', 1],
    ]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

describe('logical types', () => {
  const logical = (type: string, logicalType: string, more = {}): unknown => ({ type, logicalType, ...more });

  it('are milliseconds for dates, times and timestamps', () => {
    expect(roundTrip(logical('int', 'date'), 86_400_000 * 2)).toBe(172_800_000);
    expect(() => codecOf(logical('int', 'date')).encode(5)).toThrow(/expected date \(milliseconds of a midnight/);
    expect(roundTrip(logical('long', 'timestamp-millis'), 1577836800123)).toBe(1577836800123);
    expect(() => codecOf(logical('long', 'timestamp-millis')).encode(0.5)).toThrow('expected timestamp-millis (long)');
    expect(roundTrip(logical('long', 'timestamp-micros'), 1577836800123.456)).toBe(1577836800123.456);
    expect(roundTrip(logical('long', 'time-micros'), 0.001)).toBe(0.001);
  });

  it('keep every microsecond up to the year 2248 and refuse later ones', () => {
    const raw = codecOf('long');
    const micros = codecOf(logical('long', 'timestamp-micros'));
    for (const value of [2 ** 42 * 1000 + 1, 4398046511104003, 8796093022207999, -8796093022207997]) {
      const bytes = raw.encode(value);
      expect(micros.encode(micros.decode(bytes, 0, bytes.length))).toEqual(bytes);
    }
    const late = raw.encode(2 ** 53 - 1);
    expect(() => micros.decode(late, 0, late.length)).toThrow(expect.objectContaining({ code: 'LONG_NOT_SAFE' }));
  });

  it('take decimals with their sign repeated any number of times, and refuse long ones unseen', () => {
    const codec = codecOf(logical('bytes', 'decimal', { precision: 5, scale: 2 }));
    const decode = (size: number, fill: number, last: readonly number[]): unknown => {
      const head = createCodec({ kind: 'long' }).encode(size);
      const bytes = Buffer.concat([head, Buffer.alloc(size - last.length, fill), Buffer.from(last)]);
      return codec.decode(bytes, 0, bytes.length);
    };
    for (const size of [3, 4, 500]) {
      expect(decode(size, 0, [0, 0x80])).toEqual({ unscaled: 128n, scale: 2 });
      expect(decode(size, 0xff, [0xff, 0x80])).toEqual({ unscaled: -128n, scale: 2 });
    }
    expect(() => decode(500, 0, [0xff, 0xff, 0x80])).toThrow('more than the 5 digits');
    expect(() => decode(500, 0xff, [0x00, 0x00, 0x80])).toThrow('more than the 5 digits');
    expect(() => decode(140_000_000, 1, [])).toThrow('more than the 5 digits');
  });

  it('keep decimals exact, at the scale of the schema', () => {
    const decimal = logical('bytes', 'decimal', { precision: 5, scale: 2 });
    expect(roundTrip(decimal, { unscaled: -12345n, scale: 2 })).toEqual({ unscaled: -12345n, scale: 2 });
    expect(roundTrip(decimal, { unscaled: 7n, scale: 0 })).toEqual({ unscaled: 700n, scale: 2 });
    expect(() => codecOf(decimal).encode({ unscaled: 1n, scale: 3 })).toThrow('expected decimal(5, 2)');
    expect(() => codecOf(decimal).encode({ unscaled: 100_000n, scale: 2 })).toThrow('expected decimal(5, 2)');
    expect(() => codecOf(decimal).encode(1.5)).toThrow('expected decimal(5, 2), got number 1.5');
  });
});

describe('createResolvingCodec', () => {
  it('names the field that does not fit', () => {
    const writer = parseSchema(ORDER);
    const changed = JSON.parse(JSON.stringify(ORDER).replace('"double"', '"int"')) as unknown;
    expect(() => createResolvingCodec(writer, parseSchema(changed))).toThrow(
      "items[].price: the writer's double cannot be read as int",
    );
  });

  it('refuses times of another unit', () => {
    const of = (logicalType: string) => parseSchema({ type: 'long', logicalType });
    expect(() => createResolvingCodec(of('timestamp-millis'), of('timestamp-micros'))).toThrow(
      "the writer's long (timestamp-millis) cannot be read as long (timestamp-micros)",
    );
  });

  it('gives each record its own copy of a default', () => {
    const writer = parseSchema({ type: 'record', name: 'R', fields: [] });
    const field = { name: 'tags', type: { type: 'array', items: 'string' }, default: ['x'] };
    const decoder = createResolvingCodec(writer, parseSchema({ type: 'record', name: 'R', fields: [field] }));
    const [a, b] = [0, 1].map(() => decoder.decode(new Uint8Array(0), 0, 0) as { tags: string[] });
    expect(a).toEqual({ tags: ['x'] });
    expect(a?.tags).not.toBe(b?.tags);
  });
});
