import { readFileSync } from 'node:fs';
import { createCodec, formatTypes, parseSchema, type Decimal, type Duration, type TypeOf } from '@headrace/avro';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { printAll } from './print.ts';
import type { Choice } from './printed-choice.ts';
import type { Order as Printed, OrderLine } from './printed-order.ts';
import { orderSchema, type choiceSchema, type treeSchema } from './schemas.ts';

type Order = TypeOf<typeof orderSchema>;
type Tree = TypeOf<typeof treeSchema>;

const order: Order = {
  id: 1,
  wide: 9007199254740993n,
  wides: { a: 1n, b: null },
  own: 3n,
  count: 2,
  rate: 0.5,
  price: 1.5,
  paid: true,
  raw: Uint8Array.of(1),
  nothing: null,
  day: 86_400_000,
  at: 0.001,
  exactly: 1n,
  total: { unscaled: 150n, scale: 2 },
  fee: { unscaled: -1n, scale: 2 },
  key: '00000000-0000-0000-0000-000000000001',
  hash: Uint8Array.of(1, 2),
  uid: '00000000-0000-0000-0000-000000000002',
  took: { months: 1, days: 2, milliseconds: 3 },
  odd: 'x',
  status: 'NEW',
  before: 'PAID',
  note: null,
  lines: [null, { sku: 'a', of: null }],
  tags: { a: 1 },
  parent: null,
  ref: { 'shop.order_line': { sku: 'b', of: null } },
  either: { long: 5n },
};

describe('TypeOf', () => {
  it('gives plain, logical and named types', () => {
    expectTypeOf<Order['id']>().toEqualTypeOf<number>();
    expectTypeOf<Order['wide']>().toEqualTypeOf<bigint>();
    expectTypeOf<Order['wides']>().toEqualTypeOf<{ [key: string]: bigint | null }>();
    expectTypeOf<Order['exactly']>().toEqualTypeOf<bigint>();
    expectTypeOf<Order['total']>().toEqualTypeOf<Decimal>();
    expectTypeOf<Order['took']>().toEqualTypeOf<Duration>();
    expectTypeOf<Order['odd']>().toEqualTypeOf<string>();
    expectTypeOf<Order['uid']>().toEqualTypeOf<string>();
    expectTypeOf<Order['hash']>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<Order['before']>().toEqualTypeOf<'NEW' | 'PAID' | null>();
    expectTypeOf<Order['note']>().toEqualTypeOf<string | null>();
  });

  it('tags the branches of unions with their full names', () => {
    type Ref = Exclude<Order['ref'], null>;
    expectTypeOf<Extract<Ref, { int: unknown }>>().toEqualTypeOf<{ int: number }>();
    expectTypeOf<Extract<Ref, { array: unknown }>>().toEqualTypeOf<{ array: ('NEW' | 'PAID')[] }>();
    expectTypeOf<Extract<Ref, { 'other.Status': unknown }>>().toEqualTypeOf<{ 'other.Status': 'X' }>();
    expectTypeOf<Extract<Ref, { 'shop.order_line': unknown }>['shop.order_line']['sku']>().toEqualTypeOf<string>();
    expectTypeOf<Order['either']>().toEqualTypeOf<{ int: number } | { long: bigint }>();
  });

  it('goes into records that hold themselves, as deep as one likes', () => {
    expectTypeOf<Tree['children'][0]['children'][0]['label']>().toEqualTypeOf<string>();
    type Parent = Exclude<Exclude<Order['parent'], null>['parent'], null>;
    expectTypeOf<Parent['status']>().toEqualTypeOf<'NEW' | 'PAID'>();
    // @ts-expect-error The field does not exist.
    expectTypeOf<Parent['state']>().toBeNever();
  });

  it('takes the option of the codec', () => {
    expectTypeOf<TypeOf<'long', 'bigint'>>().toEqualTypeOf<bigint>();
    expectTypeOf<TypeOf<{ type: 'array'; items: 'long' }, 'bigint'>>().toEqualTypeOf<bigint[]>();
  });

  it('agrees with what the codec decodes', () => {
    const codec = createCodec(parseSchema(orderSchema));
    const bytes = codec.encode(order);
    const decoded = codec.decode(bytes, 0, bytes.length) as Order;
    expect(decoded).toEqual({
      ...order,
      wides: Object.assign(Object.create(null), order.wides) as object,
      tags: Object.assign(Object.create(null), order.tags) as object,
    });
  });
});

describe('formatTypes', () => {
  it.each(Object.entries(printAll()))('prints what stands in %s', (file, text) => {
    expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toBe(text);
  });

  it('prints the types that TypeOf gives', () => {
    expectTypeOf<Printed>().branded.toEqualTypeOf<Order>();
    expectTypeOf<Choice>().branded.toEqualTypeOf<TypeOf<typeof choiceSchema, 'bigint'>>();
    const printed: Printed = order;
    const typed: Order = printed;
    expect(typed).toBe(order);
    expectTypeOf<Printed[keyof Printed]>().toEqualTypeOf<Printed[keyof Order]>();
    expectTypeOf<OrderLine['of']>().toEqualTypeOf<Printed | null>();
  });

  it('gives types of one name two names, and none that it needs itself', () => {
    const text = formatTypes(
      parseSchema({
        type: 'record',
        name: 'Decimal',
        fields: [
          { name: 'a', type: { type: 'record', name: 'x.Item', fields: [] } },
          { name: 'b', type: { type: 'record', name: 'y.Item', fields: [] } },
          { name: 'c', type: { type: 'record', name: '_1', fields: [] } },
        ],
      }),
    );
    expect(text).toBe(
      'export interface Decimal2 {\n  a: Item;\n  b: YItem;\n  c: Type1;\n}\n\nexport interface Item {}\n\nexport interface YItem {}\n\nexport interface Type1 {}\n',
    );
  });

  it('names records that have no name after their place', () => {
    const item = {
      kind: 'record',
      name: null,
      fields: [{ name: 'sku', type: { kind: 'string' }, aliases: [] }],
    } as const;
    const fields = [{ name: 'items', type: { kind: 'array', items: item }, aliases: [] }] as const;
    expect(formatTypes({ kind: 'record', name: null, fields }, { name: 'cart' })).toBe(
      'export interface Cart {\n  items: CartItems[];\n}\n\nexport interface CartItems {\n  sku: string;\n}\n',
    );
  });
});
