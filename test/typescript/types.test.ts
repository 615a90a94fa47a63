import {
  assert,
  avro,
  branch,
  defineTopology,
  dropSink,
  file,
  filter,
  flatMap,
  json,
  keyBy,
  lookup,
  map,
  parse,
  peek,
  process,
  sample,
  stdoutSink,
  throttle,
} from '@headrace/core';
import type { CodecSpec, Stream } from '@headrace/core';
import { kafka, kafkaSink } from '@headrace/kafka/components';
import { expect, expectTypeOf, it } from 'vitest';
import { orderSchema, pricedSchema } from './order-schema.ts';

interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: 'NEW' | 'PAID';
  readonly country: string | null;
  readonly amount: number;
  readonly quantity: number;
  readonly tags: readonly string[];
  readonly placedAt: number;
}

const order = () => kafka({ topic: 'orders', value: avro(orderSchema), timestamp: 'placedAt' });

it('gives a source the type of its codec', () => {
  expectTypeOf(avro(orderSchema)).toEqualTypeOf<CodecSpec<Order>>();
  defineTopology('typed', ({ source }) => {
    expectTypeOf(source('orders', order())).toEqualTypeOf<
      Stream<{ readonly out: Order; readonly error: Uint8Array }>
    >();
    expectTypeOf(source('texts', kafka({ topic: 't', value: 'string' })).port('out')).toEqualTypeOf<
      Stream<{ readonly out: string }>
    >();
    expectTypeOf(source('files', file({ path: './x.ndjson', value: json<Order>() })).port('error')).toEqualTypeOf<
      Stream<{ readonly out: Uint8Array }>
    >();
    source('unknown', kafka({ topic: 't', value: json() })).pipe(
      // @ts-expect-error Nothing is known of what comes.
      filter('kept', (value) => value.amount > 0),
    );
  });
});

it('carries types along the edges, so that a wrong field name does not compile', () => {
  defineTopology('typed', ({ source }) => {
    const orders = source('orders', order());
    orders.pipe(
      filter('paid', (value) => value.status === 'PAID'),
      map('priced', { output: pricedSchema }, (value) => ({ ...value, total: value.amount * value.quantity })),
      filter('large', (value, record) => value.total > 100 && record.timestamp > 0),
    );
    orders.pipe(
      // @ts-expect-error The field is "status".
      filter('misspelt', (value) => value.state === 'PAID'),
    );
    orders.pipe(
      // @ts-expect-error The enum has no such symbol.
      filter('noSymbol', (value) => value.status === 'SENT'),
    );
    orders.pipe(
      // @ts-expect-error A condition is true or false.
      filter('noCondition', (value) => value.amount),
    );
    orders.pipe(
      // @ts-expect-error The new schema has a total.
      map('incomplete', { output: pricedSchema }, (value) => value),
    );
    orders.pipe(
      map('priced2', { output: pricedSchema }, (value) => ({ ...value, total: 1 })),
      // @ts-expect-error Behind the map, too.
      filter('behind', (value) => value.sum > 0),
    );
    // @ts-expect-error There is no such field.
    source('keyed', kafka({ topic: 'x', value: avro(orderSchema), key: { codec: 'string', equals: 'customer' } }));
  });
});

it('knows the ports of a branch', () => {
  defineTopology('typed', ({ source }) => {
    const region = source('orders', order()).pipe(
      branch('region', [
        { port: 'eu', where: (value) => value.country === 'DE' },
        { port: 'us', where: "country == 'US'" },
      ]),
    );
    expectTypeOf(region.port('eu')).toEqualTypeOf<Stream<{ readonly out: Order }>>();
    region.port('unmatched').to('rest', dropSink());
    // @ts-expect-error No case has that port.
    region.port('uk').to('uk', dropSink());
    region
      .port('eu')
      .merge([region.port('us')])
      .pipe(filter('both', (value) => value.amount > 0));
    source('others', order()).pipe(
      // @ts-expect-error The field is "country".
      branch('wrong', [{ port: 'eu', where: (value) => value.county === 'DE' }]),
    );
  });
});

it('knows the fields that a map selects, sets, renames and removes', () => {
  defineTopology('typed', ({ source }) => {
    const orders = source('orders', order());
    expectTypeOf(orders.pipe(map('some', { select: ['orderId', 'amount'] })).port('out')).toEqualTypeOf<
      Stream<{ readonly out: { readonly orderId: string; readonly amount: number } }>
    >();
    // @ts-expect-error There is no such field to select.
    orders.pipe(map('wrong', { select: ['orderId', 'amout'] }));
    orders.pipe(
      map('set', { rename: { id: 'orderId' }, set: { total: (value) => value.amount * 2 }, remove: ['tags'] }),
      filter('set2', (value) => value.id !== '' && value.total > 1 && value.amount > 0),
      // @ts-expect-error It was removed.
      filter('set3', (value) => value.tags.length > 0),
    );
    orders.pipe(
      // @ts-expect-error There is no such field to rename.
      map('renamed', { rename: { id: 'order' } }),
    );
  });
});

it('types what keys and sinks compute', () => {
  defineTopology('typed', ({ source }) => {
    const orders = source('orders', order());
    orders.pipe(keyBy('byCustomer', (value) => value.customerId)).to('out', stdoutSink());
    orders.pipe(keyBy('byTwo', ['country', 'customerId'])).to('out2', kafkaSink({ topic: 'o', value: 'json' }));
    // @ts-expect-error There is no such field.
    orders.pipe(keyBy('wrong', ['country', 'customer']));
    orders.to('out3', kafkaSink({ topic: 'o', value: 'json', keyBy: (value) => value.customerId }));
    // @ts-expect-error There is no such field.
    orders.to('out4', kafkaSink({ topic: 'o', value: 'json', keyBy: (value) => value.customer }));
  });
});

it('gives what a sink refused its type from before the sink', () => {
  const { operators, sinks } = defineTopology('typed', ({ source }) => {
    const refused = source('orders', order())
      .to('out', kafkaSink({ topic: 'o', value: 'json', keyBy: (value) => value.customerId }))
      .port('error');
    expectTypeOf(refused).toEqualTypeOf<Stream<{ readonly out: Order }>>();
    refused.pipe(filter('large', (value) => value.amount > 1)).to('again', stdoutSink());
    // @ts-expect-error Nothing else comes out of a sink.
    refused.to('third', stdoutSink()).port('out');
  });
  expect(operators).toMatchObject({ large: { input: 'out.error' } });
  expect(sinks).toMatchObject({ again: { input: 'large' }, third: { input: 'out.error' } });
});

it('types the other operators, and gives the data of the JSON form', () => {
  const { operators } = defineTopology('typed', ({ source }) => {
    const orders = source('orders', order());
    orders.pipe(
      assert('sound', { positive: (value) => value.amount > 0, named: "customerId != ''" }),
      peek('shown', (value) => void value.orderId),
      sample('some', { every: 2 }),
      throttle('slow', { perSecond: 10, over: 'drop', by: (value) => value.customerId }),
      filter('still', (value) => value.quantity > 0),
    );
    orders.pipe(
      lookup('located', { as: 'place', returns: 'string' }, (value) => Promise.resolve(value.country ?? '')),
      filter('there', (value) => value.place !== '' && value.amount > 0),
      // @ts-expect-error The field is "place".
      filter('nowhere', (value) => value.plaec !== ''),
    );
    orders
      .pipe(
        process('alerts', { output: 'string', ports: { large: 'double' } }, (value, _record, emit) => {
          emit({ value: value.orderId });
        }),
      )
      .port('large')
      .pipe(filter('larger', (value) => value > 10));
    orders.pipe(
      flatMap('tags', (value) => value.tags, { output: 'string' }),
      filter('tagged', (value) => value.length > 0),
    );
    orders.pipe(parse('parsed', { of: 'orderId', pattern: '^(?<a>.+)$', output: pricedSchema }));
    // @ts-expect-error There is no such field.
    orders.pipe(assert('wrong', { positive: (value) => value.amout > 0 }));
  });
  expect(operators).toMatchObject({
    some: { type: 'sample', input: 'shown', every: 2 },
    alerts: { type: 'process', input: 'orders', $use: expect.any(Function) as unknown, output: 'string' },
    tags: { type: 'flatMap', each: { $use: expect.any(Function) as unknown } },
    larger: { input: 'alerts.large' },
  });
});

it('takes parameters where an option takes a literal, and no unknown option', () => {
  const { sources } = defineTopology('typed', ({ source, param }) => {
    source('orders', kafka({ topic: param('topic'), value: 'json' }));
    // @ts-expect-error The option is "topic".
    source('wrong', kafka({ topik: 'orders', value: 'json' }));
  });
  expect(sources).toMatchObject({ orders: { type: 'kafka', topic: { $param: 'topic' }, value: 'json' } });
});
