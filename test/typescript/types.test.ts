import {
  fileSink,
  assert,
  avro,
  branch,
  csv,
  defineTopology,
  dropSink,
  file,
  filter,
  flatMap,
  generate,
  json,
  keyBy,
  lookup,
  map,
  parse,
  peek,
  process,
  rx,
  sample,
  stdin,
  stdoutSink,
  throttle,
} from '@headrace/core';
import type { CodecSpec, RxFunction, Stream } from '@headrace/core';
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

it('knows the fields of the folders of a file sink', () => {
  defineTopology('typed', ({ source }) => {
    const orders = source('orders', order());
    orders.to(
      'files',
      fileSink({ path: './out', partitionBy: [{ country: (value) => value.country }, { big: 'amount > 10' }] }),
    );
    // @ts-expect-error The field is "country".
    orders.to('wrong', fileSink({ path: './out', partitionBy: [{ country: (value) => value.county }] }));
  });
});

it('knows the fields of a merge that widens', () => {
  defineTopology('typed', ({ source }) => {
    const orders = source('orders', order());
    const amounts = orders.pipe(map('amounts', { select: ['orderId', 'amount'] }));
    const countries = orders.pipe(map('countries', { select: ['orderId', 'country'] }));
    const both = amounts.merge([countries], { widen: true });
    both.pipe(filter('all', (value) => (value.amount ?? 0) > 0 && value.country !== null && value.orderId !== ''));
    // @ts-expect-error A field that one of them lacks may be null.
    both.pipe(filter('null', (value) => value.amount > 0));
    // @ts-expect-error Neither has that field.
    both.pipe(filter('wrong', (value) => value.status === 'PAID'));
    // @ts-expect-error Without "widen" the types are equal.
    amounts.merge([countries]);
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

it('types what is read from the standard input, from CSV, and what is made up', () => {
  defineTopology('typed', ({ source }) => {
    expectTypeOf(csv(orderSchema, { delimiter: ';' })).toEqualTypeOf<CodecSpec<Order>>();
    expectTypeOf(source('lines', stdin()).port('out')).toEqualTypeOf<Stream<{ readonly out: string }>>();
    source('orders', stdin({ value: csv(orderSchema), keyBy: (value) => value.customerId }));
    // @ts-expect-error The field is "customerId".
    source('wrongKey', stdin({ value: csv(orderSchema), keyBy: (value) => value.customer }));
    source('made', generate({ count: 10, schema: orderSchema })).pipe(filter('kept', (value) => value.amount > 0));
    source('made2', generate({ schema: orderSchema })).pipe(
      // @ts-expect-error The field is "amount".
      filter('lost', (value) => value.amout > 0),
    );
    source('counted', generate<{ readonly n: number }>({ schema: './n.avsc' })).pipe(filter('some', ({ n }) => n > 0));
    source('named', generate({ select: { name: "'n' + string(index)" } }));
    // @ts-expect-error Values are of a schema, or made by expressions.
    source('both', generate({ schema: orderSchema, select: { name: 'index' } }));
  });
});

it('types what comes out of an operator of RxJS, and behind it', () => {
  const passOn: RxFunction = () => (batches) => batches;
  const { operators } = defineTopology('typed', ({ source }) => {
    const orders = source('orders', order());
    orders.pipe(
      rx('passed', passOn),
      filter('still', (value) => value.amount > 0),
    );
    orders.pipe(
      rx('priced', { $use: './rx.ts#priced' }, { output: pricedSchema }),
      filter('large', (value) => value.total > 0),
      // @ts-expect-error There is no such field.
      filter('wrong', (value) => value.sum > 0),
    );
    // @ts-expect-error It gives batches, not numbers.
    orders.pipe(rx('numbers', () => () => 1));
  });
  expect(operators).toMatchObject({ passed: { $use: passOn }, priced: { type: 'rx', $use: './rx.ts#priced' } });
});

it('compiles no lambda that reads a field which is not there, whatever the operator', () => {
  defineTopology('typed', ({ source }) => {
    const orders = source('orders', order());
    // @ts-expect-error peek
    orders.pipe(peek('p', (value) => void value.amout));
    // @ts-expect-error sample
    orders.pipe(sample('s', { rate: 0.5, by: (value) => value.customer }));
    // @ts-expect-error throttle
    orders.pipe(throttle('t', { perSecond: 1, over: 'drop', by: (value) => value.customer }));
    // @ts-expect-error lookup
    orders.pipe(lookup('l', { as: 'place', returns: 'string' }, (value) => Promise.resolve(value.county ?? '')));
    // @ts-expect-error the fallback of a lookup
    orders.pipe(lookup('f', { as: 'place', returns: 'string', fallback: (value) => value.county }));
    // @ts-expect-error process
    orders.pipe(process('c', { output: 'string' }, (value, _record, emit) => emit({ value: value.order })));
    // @ts-expect-error flatMap
    orders.pipe(flatMap('m', (value) => value.tag));
    // @ts-expect-error a field of flatMap
    orders.pipe(flatMap('m2', (value) => value.tags, { set: { n: (value) => value.tag } }));
    // @ts-expect-error a name of flatMap
    orders.pipe(flatMap('m3', (value) => value.tags, { select: ['orderIds'] }));
    // @ts-expect-error parse
    orders.pipe(parse('r', { of: (value) => value.text, format: 'json' }));
    // @ts-expect-error a field of parse
    orders.pipe(parse('r2', { of: 'orderId', format: 'json', select: { n: (value) => value.n } }));
    // @ts-expect-error a field of map
    orders.pipe(map('a', { set: { n: (value) => value.n } }));
    // @ts-expect-error a record within a record of map
    orders.pipe(map('a2', { set: { n: { m: (value) => value.n } } }));
    // @ts-expect-error the key of map
    orders.pipe(map('a3', { keyBy: (value) => value.n }));
    // @ts-expect-error a header of map
    orders.pipe(map('a4', { headers: { h: (value) => value.n } }));
    // @ts-expect-error the time of map
    orders.pipe(map('a5', { timestamp: (value) => value.n }));
    // @ts-expect-error a name of map's "let"
    orders.pipe(map('a6', { let: { n: (value) => value.n } }));
    // @ts-expect-error keyBy of a record
    orders.pipe(keyBy('k', { n: (value) => value.n }));
    // @ts-expect-error the time of a source
    source('timed', kafka({ topic: 't', value: avro(orderSchema), timestamp: (value) => value.at }));
    // @ts-expect-error the key of a file's records
    source('keyed', file({ path: './x.ndjson', value: json(orderSchema), keyBy: (value) => value.at }));
    // @ts-expect-error the time of a sink
    orders.to('o1', kafkaSink({ topic: 'o', timestamp: (value) => value.at }));
    // @ts-expect-error a header of a sink
    orders.to('o2', kafkaSink({ topic: 'o', headers: { h: (value) => value.at } }));
  });
});
