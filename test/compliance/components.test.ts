import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { createContainerWriter, parseSchema } from '@headrace/avro';
import { builtInComponents, dynamic, streamSource, type Component, type RxFunction } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { componentScenarios, type ComplianceContext } from '@headrace/testing';
import { bufferCount, concatMap, from } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamSink } from '../../packages/core/src/sinks/stdout.ts';

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
// What is not like it in all that conditions ask about: small, not paid, from elsewhere, with nothing in its list.
const other = {
  ...value,
  id: 'o-2',
  customerId: 'c-2',
  status: 'NEW',
  country: 'BR',
  amount: 1,
  lines: [],
  line: 'no log',
};
const american = { ...value, id: 'o-3', customerId: 'c-3', country: 'US', note: 'a gift', amount: 2000 };
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
const renamedValue = { number: '1', customerId: 'c-1', country: 'DE', amount: 1.5, note: null, placedAt: 0 };
const named = { type: 'record', name: 'Named', fields: [field('id')] };
const anonymous = { type: 'record', name: 'Anonymous', fields: [field('customerId', ['null', 'string'])] };
const textual = {
  type: 'record',
  name: 'Textual',
  fields: [field('id'), field('line'), field('payload'), field('cells')],
};
// What the functions that examples name may well do.
const grouped: RxFunction = () => (batches) =>
  batches.pipe(
    bufferCount(2),
    concatMap((group) => from(group)),
  );
let asked = 0;
const functions = {
  isLarge: ({ amount = 0 }: { amount?: number }) => amount > 10,
  price: (order: object) => order,
  priced: (order: object) => ({ ...order, total: 1 }),
  detect: (_: unknown, __: unknown, emit: (record: object, port?: string) => void) => {
    emit({ value: 'alert' });
    try {
      emit({ value: 'seen' }, 'audit');
    } catch {
      // The other example has no such port.
    }
  },
  watch: () => undefined,
  grouped,
  // Answers come in another order than questions.
  locate: async () => {
    for (let turns = (asked++ * 7) % 5; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    return 'Bonn';
  },
};
// What the examples of codecs and files name: of one level, as CSV wants it.
const text = JSON.stringify(renamed);
const lines = ['{"id":"a","customerId":"c-1"}', '{"id":"b","customerId":"c-2"}', '{"id":"c","customerId":"c-1"}', ''];
const dump = [renamedValue, { ...renamedValue, number: '2' }, { ...renamedValue, number: '3', note: 'x' }];

const writer = createContainerWriter(parseSchema(renamed), { blockBytes: 20 });
const container = Buffer.concat([writer.begin(), ...dump.map((one) => writer.write(one) ?? new Uint8Array(0))]);

// The standard streams, once for each trial.
const written: Buffer[] = [];
const stdout = streamSink(
  () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written.push(Buffer.from(chunk));
        done();
      },
    }),
);
const stdin = streamSource(() => Readable.from(lines.filter((line) => line !== '').map((line) => `${line}\n`)));
const components: readonly Component[] = [...builtInComponents, ...kafkaComponents].map((component) => {
  if (component.type === 'stdin') return stdin;
  return component.type === 'stdout' ? stdout : component;
});

// Answers what examples of lookups ask.
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"name":"Ada"}');
});
const substitutes: Record<string, string> = {};
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  substitutes['http://localhost:8080'] = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const context: ComplianceContext = {
  components,
  records: [
    { schema, value, others: [other, american] },
    { schema: renamed, value: renamedValue, others: dump },
    { schema: named, value: { id: 'o-1' }, others: [{ id: '' }] },
    { schema: anonymous, value: { customerId: 'c-1' }, others: [{ customerId: null }] },
    {
      schema: textual,
      value: {
        id: 'a',
        line: '127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.0" 200 23 "-" "x"',
        payload: '{"n":1}',
        cells: '1,2',
      },
      others: [{ id: 'b', line: 'no log', payload: '{', cells: '"' }],
    },
    { schema: 'string', value: 'a text', others: ['another', ''] },
    { schema: 'bytes', value: Buffer.from('a text') },
    { schema: 'int', value: 5, others: [-1, 2 ** 31 - 1] },
    { schema: 'long', value: 5, others: [2 ** 40] },
    { schema: 'float', value: 0.5 },
    { schema: 'double', value: 0.5, others: [1e300] },
    { schema: dynamic, value: { id: 'o-1', customerId: 'c-1' }, others: [{ id: 'o-2', customerId: 'c-2' }] },
  ],
  files: {
    ...Object.fromEntries(
      ['./schemas/order.avsc', './order.avsc', './schemas/priced.avsc', './priced.avsc'].map((name) => [name, text]),
    ),
    ...Object.fromEntries(
      ['rules', 'price', 'watch', 'alerts', 'geo', 'split', 'rx'].map((name) => [`./${name}.ts`, '']),
    ),
    './in/a.ndjson': lines.join('\n'),
    './in/b.ndjson': lines.join('\r\n'),
    './in/a.avro': container,
    './a.log.gz': gzipSync('a line\nanother\n'),
    './b.log.gz': gzipSync('a third'),
    './dump.dat': dump.map((one) => JSON.stringify(one)).join('\n'),
  },
  modules: { load: () => Promise.resolve(functions) },
  substitutes,
  topics: ['orders-eu', 'orders-by-customer', 'orders-rest', 'orders-copy'],
};
const contextOf = ({ kind, type }: Component): ComplianceContext => {
  if (kind !== 'sink') return context;
  if (type === 'drop') return { ...context, visible: null };
  return type === 'stdout' ? { ...context, visible: () => written } : context;
};

it('looks at every component that is registered', () => {
  expect(components.length).toBe(builtInComponents.length + kafkaComponents.length);
  expect(components.length).toBeGreaterThan(25);
});

describe.each(components.map((component) => [`${component.kind} ${component.type}`, component] as const))(
  'the %s',
  (_, component) => {
    for (const { name, run } of componentScenarios(component, contextOf(component))) it(name, run);
  },
);
