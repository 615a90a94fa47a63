import { builtInComponents, type Component } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { componentScenarios } from '@headrace/testing';
import { describe, it } from 'vitest';

const schema = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'customerId', type: 'string' },
    { name: 'status', type: 'string' },
    { name: 'country', type: 'string' },
    { name: 'amount', type: 'double' },
    { name: 'quantity', type: 'int' },
    { name: 'note', type: ['null', 'string'], default: null },
    {
      name: 'lines',
      type: { type: 'array', items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] } },
    },
    { name: 'line', type: 'string' },
    { name: 'ip', type: 'string' },
    { name: 'text', type: 'string' },
    { name: 'body', type: 'string' },
    { name: 'placedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
};
const value = {
  id: 'o-1',
  customerId: 'c-1',
  status: 'PAID',
  country: 'DE',
  amount: 20.5,
  quantity: 2,
  note: null,
  lines: [{ sku: 'a' }, { sku: 'b' }],
  line: '127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.0" 200 23 "-" "x"',
  ip: '10.0.0.1',
  text: 'a text',
  body: '{}',
  placedAt: 1_767_225_600_000,
};
const components: readonly Component[] = [...builtInComponents, ...kafkaComponents];
const field = (name: string, type: unknown = 'string') => ({ name, type });
const renamed = {
  type: 'record',
  name: 'Renamed',
  fields: [
    field('number'),
    field('customerId'),
    field('country'),
    field('amount', 'double'),
    field('note', ['null', 'string']),
    field('placedAt', { type: 'long', logicalType: 'timestamp-millis' }),
  ],
};
const textual = {
  type: 'record',
  name: 'Textual',
  fields: [field('id'), field('line'), field('payload'), field('cells')],
};
// What the functions that examples name may well do.
const functions = {
  isLarge: () => true,
  price: (order: object) => order,
  priced: (order: object) => ({ ...order, total: 1 }),
  detect: (_: unknown, __: unknown, emit: (record: object) => void) => emit({ value: 'alert' }),
  watch: () => undefined,
};
// What the examples of codecs name: of one level, as CSV wants it.
const text = JSON.stringify(renamed);
const context = {
  components,
  records: [
    { schema, value },
    { schema: renamed, value: { number: '1', customerId: 'c-1', country: 'DE', amount: 1.5, note: null, placedAt: 0 } },
    {
      schema: textual,
      value: {
        id: 'a',
        line: '127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.0" 200 23 "-" "x"',
        payload: '{"n":1}',
        cells: '1,2',
      },
    },
    { schema: 'string', value: 'a text' },
    { schema: 'bytes', value: Buffer.from('a text') },
    { schema: 'int', value: 5 },
    { schema: 'long', value: 5 },
    { schema: 'float', value: 0.5 },
    { schema: 'double', value: 0.5 },
    { schema: 'string', value: { id: 'o-1' } },
  ],
  files: {
    ...Object.fromEntries(
      ['./schemas/order.avsc', './order.avsc', './schemas/priced.avsc', './priced.avsc'].map((name) => [name, text]),
    ),
    ...Object.fromEntries(
      ['rules', 'price', 'watch', 'alerts', 'geo', 'split', 'rx'].map((name) => [`./${name}.ts`, '']),
    ),
  },
  modules: { load: () => Promise.resolve(functions) },
};

describe.each(components.map((component) => [`${component.kind} ${component.type}`, component] as const))(
  'the %s',
  (_, component) => {
    for (const { name, run } of componentScenarios(component, context)) it(name, run);
  },
);
