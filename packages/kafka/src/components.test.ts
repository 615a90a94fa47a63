import { canWriteZstandard } from '@headrace/avro';
import { builtInCodecs, checkTopology, createRegistry } from '@headrace/core';
import type { SinkNode, SourceNode } from '@headrace/core';
import { describe, expect, it, vi } from 'vitest';
import { kafkaComponents, kafkaSinkDefinition, kafkaSource } from './components.ts';

vi.mock('node:net', () => {
  throw new Error('the connections were imported');
});

const registry = createRegistry([...kafkaComponents, ...builtInCodecs]);
const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'customerId', type: 'string' },
    { name: 'amount', type: 'double' },
    { name: 'placedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
};
const orders = { type: 'kafka', topic: 'orders', value: { codec: 'avro', schema: order } };
const out = { type: 'kafka', input: 'in', topic: 'out-eu', value: 'avro' };

function check(source: object, sink: object = out) {
  const text = JSON.stringify({
    headrace: 1,
    name: 'test',
    clusters: { main: { brokers: ['localhost:9092'] } },
    sources: { in: source },
    sinks: { to: sink },
  });
  const { graph, findings } = checkTopology(
    { text, file: 'topology.json' },
    {
      registry,
      readFile: (path) => {
        throw new Error(`no file ${path}`);
      },
      env: {},
      set: {},
      purpose: 'validate',
    },
  );
  const errors = findings.filter(({ severity }) => severity === 'error');
  return {
    errors: errors.map(({ code, message }) => `${code} ${message}`),
    codes: errors.map(({ code }) => code),
    graph,
  };
}

function nodes(source: object, sink: object = out) {
  const { graph, errors } = check(source, sink);
  expect(errors).toEqual([]);
  return { source: graph?.nodes.get('in') as SourceNode, sink: graph?.nodes.get('to') as SinkNode };
}

describe('the components of Kafka', () => {
  it('are known without the connections to Kafka', async () => {
    expect(kafkaComponents).toEqual([kafkaSource, kafkaSinkDefinition]);
    // The same mock catches the entry that needs it.
    await expect(import('./index.ts')).rejects.toThrow();
  });

  it('have examples that their own schemas take', () => {
    for (const { options } of kafkaSource.examples) {
      const { codes } = check({ type: 'kafka', ...options }, { ...out, value: 'json' });
      // The schema of an example is a file that does not exist here.
      expect(codes.filter((code) => code !== 'SCHEMA_NOT_FOUND')).toEqual([]);
    }
    for (const { options } of kafkaSinkDefinition.examples) {
      const country = { ...order, fields: [...order.fields, { name: 'country', type: 'string' }] };
      const source = { ...orders, value: { codec: 'avro', schema: country } };
      expect(check(source, { type: 'kafka', input: 'in', ...options }).errors).toEqual([]);
    }
  });
});

describe('the Kafka source', () => {
  it('reads keys as bytes where nothing is said of them', () => {
    const { source } = nodes(orders);
    const schema = { kind: 'bytes' };
    expect(source.key).toEqual({ codec: 'bytes', options: {}, schema });
    expect(source.outputs['out']).toMatchObject({
      key: schema,
      kind: 'stream',
      tombstones: false,
      ordered: true,
      scope: 'record',
      value: { kind: 'record', name: 'Order' },
    });
  });

  it('says what its records are partitioned by', () => {
    const identity = (key: unknown) => nodes({ ...orders, key }).source.outputs['out']?.partitionedBy;
    const bare = { framing: 'bare', partitioner: 'murmur2', partitions: null };
    expect(identity('string')).toEqual({ codec: 'string', schema: '"string"', ...bare });
    const key = { type: 'record', name: 'Key', fields: [{ name: 'id', type: 'long' }] };
    expect(identity({ codec: 'avro', schema: key })).toEqual({ codec: 'avro', schema: JSON.stringify(key), ...bare });
    // `equals` is about the key, not about how it is read.
    expect(identity({ codec: 'string', equals: 'customerId' })).toEqual(identity('string'));
  });

  it('takes the time of records from an expression', () => {
    expect(nodes({ ...orders, timestamp: 'placedAt' }).source.ops).toMatchObject([
      { op: 'timestamp', at: { source: 'placedAt', type: { kind: 'timestamp' } } },
    ]);
    expect(nodes(orders).source.ops).toEqual([]);
    expect(check({ ...orders, timestamp: 'amount' }).codes).toEqual(['EXPRESSION_TYPE']);
  });

  it('declares tombstones where the author does', () => {
    expect(nodes({ ...orders, tombstones: true }).source.outputs['out']?.tombstones).toBe(true);
  });

  it('belongs to the group and begins where it is told', () => {
    const start = (options: object) => kafkaSource.subscription?.({ topic: 'a', ...options } as never);
    expect(start({})).toMatchObject({ topics: ['a'], start: 'earliest' });
    expect(start({ start: 'latest' })).toMatchObject({ topics: ['a'], start: 'latest' });
    expect(start({ topic: undefined, topics: ['b', 'c'] })?.topics).toEqual(['b', 'c']);
    const instants = ['2026-01-31T00:00:00Z', '2026-01-31T01:00+01:00', '2026-01-31T00:00:00.000Z'];
    for (const instant of instants)
      expect(start({ start: instant })?.start).toEqual({ timestamp: Date.UTC(2026, 0, 31) });
    expect(kafkaSource.traits({} as never)).toEqual({ scope: 'group', replay: 'position', bounded: false });
  });

  it.each([
    ['a value codec', { value: undefined }, 'CODEC_NEEDED'],
    ['a topic', { topic: undefined }, 'MISSING_KEY'],
    ['one way to name topics', { topics: ['a'] }, 'OPTIONS_CONFLICT'],
    ['a start with a zone', { start: '2026-01-31T00:00:00' }, 'NOT_ALLOWED_VALUE'],
    ['a start that exists', { start: '2026-13-31T00:00:00Z' }, 'NOT_ALLOWED_VALUE'],
    ['a topic that Kafka takes', { topic: 'a b' }, 'NOT_ALLOWED_VALUE'],
    ['a field that the key can equal', { key: { codec: 'string', equals: 'customer' } }, 'UNKNOWN_FIELD'],
    ['a codec that exists', { key: 'strnig' }, 'UNKNOWN_CODEC'],
  ])('needs %s', (_what, options, code) => {
    expect(check({ ...orders, ...options }).codes).toEqual([code]);
  });

  it('reads topics whose whole names match a pattern', () => {
    const { topics } = kafkaSource.subscription?.({ pattern: 'a|b-.*' } as never) ?? {};
    const matched = ['a', 'b-c', 'xa', 'ab-c', 'b'].filter((name) => (topics as RegExp).test(name));
    expect(matched).toEqual(['a', 'b-c']);
    expect(check({ ...orders, topic: undefined, pattern: 'a(' }).codes).toEqual(['INVALID_PATTERN']);
  });

  it('begins at offsets, and says how partitions are read', () => {
    const of = (options: object) => kafkaSource.subscription?.({ topic: 'a', ...options } as never);
    expect([...(of({ start: { 0: 5, 3: 0 } })?.offsets ?? [])]).toEqual([
      ['a/0', 5],
      ['a/3', 0],
    ]);
    const several = of({ topic: undefined, topics: ['a', 'b'], start: { 'b/1': 7 } });
    expect([...(several?.offsets ?? [])]).toEqual([['b/1', 7]]);
    expect(of({})?.reading).toEqual({ onOutOfRange: 'fail', uncommitted: false });
    const other = of({ onOutOfRange: 'latest', readCommitted: false });
    expect(other?.reading).toEqual({ onOutOfRange: 'latest', uncommitted: true });
  });

  it.each([{ x: 5 }, { 'b/0': 5 }, { '0': -1 }, { '0': 1.5 }])('takes no offsets such as %o', (start) => {
    expect(check({ ...orders, start }).errors).not.toEqual([]);
  });

  it('looks at the clock after it has set the time', () => {
    expect(nodes({ ...orders, timestamp: 'placedAt', maxAhead: '1h' }).source.ops).toMatchObject([
      { op: 'timestamp' },
      { op: 'ahead', mostMs: 3_600_000 },
    ]);
  });

  it.each([{ waitForData: '5s' }, { table: true }])('says that %o is not built yet', (options) => {
    expect(check({ ...orders, ...options }).codes).toEqual(['NOT_BUILT_YET']);
  });

  it('takes the defaults of these when they are written', () => {
    nodes({ ...orders, onOutOfRange: 'fail', readCommitted: true, waitForData: '0s', start: 'earliest' });
  });
});

describe('the Kafka sink', () => {
  it('writes keys as they were read, and values by its codec', () => {
    const { sink } = nodes({ ...orders, key: 'string' });
    expect(sink.key).toEqual({ codec: 'string', options: {}, schema: { kind: 'string' } });
    expect(sink.value.codec).toBe('avro');
    expect(nodes(orders).sink.key?.codec).toBe('bytes');
  });

  it('sets headers and time before the key, and writes the key that it set', () => {
    const { sink } = nodes(orders, {
      ...out,
      keyBy: 'customerId',
      headers: { amount: 'string(amount)' },
      timestamp: 'placedAt',
    });
    expect(sink.ops).toMatchObject([
      { op: 'headers', set: [['amount', { source: 'string(amount)' }]] },
      { op: 'timestamp', at: { source: 'placedAt' } },
      { op: 'key', by: { source: 'customerId' }, null: null },
    ]);
    expect(sink.key).toEqual({ codec: 'string', options: {}, schema: { kind: 'string' } });
    expect(sink.written.partitionedBy).toBe('unknown');
  });

  it('points into the expression that is wrong', () => {
    expect(check(orders, { ...out, keyBy: 'custmerId' }).codes).toEqual(['UNKNOWN_FIELD']);
    expect(check(orders, { ...out, headers: { a: 'amuont' } }).codes).toEqual(['UNKNOWN_FIELD']);
    expect(check(orders, { ...out, timestamp: 'customerId' }).codes).toEqual(['EXPRESSION_TYPE']);
  });

  it('names the topics that it appends to, and how they are made', () => {
    const create = { partitions: 3, config: { 'retention.ms': 5, 'cleanup.policy': 'compact' } };
    const { sink } = nodes(orders, { ...out, create });
    expect(sink.definition.topics?.(sink.options)).toEqual([
      {
        topic: 'out-eu',
        create: { partitions: 3, replication: null, config: { 'retention.ms': '5', 'cleanup.policy': 'compact' } },
      },
    ]);
  });

  it('needs a topic', () => {
    expect(check(orders, { ...out, topic: undefined }).codes).toEqual(['MISSING_KEY']);
  });

  it('says that "buffer" is not built yet', () => {
    expect(check(orders, { ...out, buffer: 'kafka' }).codes).toEqual(['NOT_BUILT_YET']);
  });

  it.each([
    ['topics beside "topicBy"', { topic: undefined, topicBy: 'customerId' }, ['MISSING_KEY']],
    ['one way to name topics', { topicBy: 'customerId', topics: ['a'] }, ['OPTIONS_CONFLICT']],
    ['a use for "topics"', { topics: ['a'] }, ['OPTIONS_CONFLICT']],
    ['text as a topic', { topic: undefined, topicBy: 'amount', topics: ['a'] }, ['EXPRESSION_TYPE']],
    ['a number as a partition', { partitionBy: 'customerId' }, ['EXPRESSION_TYPE']],
    ['a condition to delete by', { deleteWhen: 'amount' }, ['EXPRESSION_TYPE']],
    ['its own names of headers', { headers: { '__headrace.route.topic': 'customerId' } }, ['NOT_ALLOWED_VALUE']],
    ['one origin of the key', { key: 'asRead', keyBy: 'customerId' }, ['OPTIONS_CONFLICT']],
  ])('needs %s', (_what, options, codes) => {
    expect(check(orders, { ...out, ...options }).codes).toEqual(codes);
  });

  it('routes first, from the record that came in, and sets all else at once where records are deleted', () => {
    const { sink } = nodes(
      { ...orders, tombstones: true },
      {
        ...out,
        topic: undefined,
        topicBy: "'to-' + customerId",
        topics: ['to-a'],
        partitionBy: '1',
        keyBy: 'customerId',
        deleteWhen: 'amount < 0.0',
        passHeaders: false,
      },
    );
    expect(sink.ops).toMatchObject([
      {
        op: 'headers',
        tombstones: true,
        set: [
          ['__headrace.route.topic', {}],
          ['__headrace.route.partition', {}],
        ],
      },
      { op: 'project', fields: null, key: {}, deleteWhen: {}, replacesHeaders: true },
    ]);
    expect(sink.written).toMatchObject({ tombstones: true, partitionedBy: 'unknown', key: { kind: 'string' } });
  });

  it('forwards bytes in the encoding of the source', () => {
    const { sink } = nodes({ ...orders, key: 'long' }, { ...out, key: 'asRead', value: 'asRead' });
    expect(sink.value).toMatchObject({ codec: 'avro', asRead: true, schema: { name: 'Order' } });
    expect(sink.key).toMatchObject({ codec: 'long', asRead: true });
  });

  it('takes the defaults of these when they are written', () => {
    nodes(orders, { ...out, passHeaders: true, compression: 'none', partitioner: 'murmur2', schemaName: 'eu.Order' });
    for (const compression of ['gzip', 'snappy', 'lz4']) nodes(orders, { ...out, compression });
    // Of the versions of Node that Headrace runs on, the first ones cannot write zstd.
    expect(check(orders, { ...out, compression: 'zstd' }).codes).toEqual(canWriteZstandard ? [] : ['OPTIONS_CONFLICT']);
  });

  it('acknowledges what it has written, in any order of epochs', () => {
    expect(kafkaSinkDefinition.traits({} as never)).toMatchObject({
      acknowledges: 'write',
      epochs: 'any',
      transactional: false,
      idempotent: false,
    });
  });

  it('serves as the sink of a dead-letter topic', () => {
    const text = JSON.stringify({
      headrace: 1,
      name: 'test',
      clusters: { main: { brokers: ['localhost:9092'] } },
      run: { onError: { decode: 'deadLetter' }, deadLetter: { topic: 'dlq' } },
      sources: { in: orders },
      sinks: { to: out },
    });
    const { graph } = checkTopology(
      { text, file: 'topology.json' },
      { registry, readFile: () => '', env: {}, set: {}, purpose: 'validate' },
    );
    const sink = [...(graph?.nodes.values() ?? [])].find(({ id }) => id === graph?.run.deadLetter);
    expect(sink).toMatchObject({ type: 'kafka', options: { topic: 'dlq' }, ops: [], key: { codec: 'bytes' } });
  });
});
