import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { builtInCodecs } from '../codecs/index.ts';
import { defineOperator, defineSink, defineSource } from '../component/define.ts';
import { createRegistry } from '../component/registry.ts';
import { formatFinding } from '../definition/format-finding.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { checkTopology } from './check-topology.ts';

const codec = Type.Union([Type.String(), Type.Object({ codec: Type.String() }, { additionalProperties: true })]);
const fails = () => {
  throw new Error('never created');
};

const queue = defineSource({
  type: 'kafka',
  summary: 'a source',
  options: Type.Object({ topic: Type.String(), key: Type.Optional(codec), value: codec, timestamp: Type.Optional(Type.String()) }),
  examples: [],
  infer(options, context) {
    const value = context.reads(['value'], options.value);
    const key = options.key === undefined ? null : context.reads(['key'], options.key);
    if (value === null || (options.key !== undefined && key === null)) return null;
    const output: EdgeType = { key: key?.schema ?? null, value: value.schema, kind: 'stream', tombstones: false, partitionedBy: 'unknown', ordered: true, scope: 'record' };
    return { output, key, value };
  },
  traits: () => ({ scope: 'group', replay: 'position', bounded: false }),
  lower: ({ timestamp }, context) =>
    timestamp === undefined
      ? []
      : [{ op: 'timestamp', at: context.expression(['timestamp'], timestamp, context.outputs.out as EdgeType, { expected: 'timestamp' }) }],
});

const filter = defineOperator({
  type: 'filter',
  summary: 'a filter',
  options: Type.Object({ where: Type.Union([Type.String(), Type.Array(Type.String())]) }),
  examples: [],
  ports: () => [
    { port: 'out', quiet: false },
    { port: 'dropped', quiet: true },
  ],
  infer(options, input, context) {
    return context.expression(['where'], options.where, input, { expected: 'bool' }) === null ? null : { out: input, dropped: input };
  },
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  lower: (options, context) => [
    { op: 'filter', where: context.expression(['where'], options.where, context.inputs[0] as EdgeType, { expected: 'bool' }), dropped: 'dropped' },
  ],
});

const queueSink = defineSink({
  type: 'kafka',
  summary: 'a sink',
  options: Type.Object({ topic: Type.String(), key: Type.Optional(codec), value: Type.Optional(codec), keyBy: Type.Optional(Type.String()) }),
  examples: [],
  infer(options, input, context) {
    const value = context.writes(['value'], options.value, input.value, { codec: null, schemaName: options.topic });
    const key = input.key === null ? null : context.writes(['key'], options.key, input.key, { codec: null, schemaName: 'Key' });
    return value === null ? null : { key, value };
  },
  traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 1, transactional: false, idempotent: false }),
  lower: ({ keyBy }, context) =>
    keyBy === undefined ? [] : [{ op: 'key', by: context.expression(['keyBy'], keyBy, context.inputs[0] as EdgeType), null: null }],
  create: fails,
});

const registry = createRegistry([queue, filter, queueSink, ...builtInCodecs]);
const order = JSON.stringify({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
  ],
});

function check(text: string, purpose: 'validate' | 'run' = 'validate') {
  return checkTopology(
    { text, file: 'topology.json' },
    {
      registry,
      env: {},
      set: {},
      purpose,
      readFile: (path) => {
        if (path === 'order.avsc') return order;
        throw new Error('no such file');
      },
    },
  );
}

const valid = `{
  "headrace": 1,
  "name": "orders",
  "sources": { "orders": { "type": "kafka", "topic": "orders", "value": { "codec": "avro", "schema": "./order.avsc" } } },
  "operators": {
    "paid": {
      "type": "filter",
      "input": "orders",
          "where": "amount > 0.0"
    }
  },
  "sinks": { "out": { "type": "kafka", "input": "paid", "topic": "paid", "keyBy": "id", "key": "string" } }
}
`;

describe('checkTopology', () => {
  it('gives the graph of a valid topology', () => {
    const { graph, findings } = check(valid);
    expect(findings.map(formatFinding)).toEqual([]);
    expect([...(graph?.nodes.keys() ?? [])]).toEqual(['orders', 'paid', 'out']);
    const sink = graph?.nodes.get('out');
    expect(sink).toMatchObject({ kind: 'sink', written: { key: { kind: 'string' } }, key: { codec: 'string' }, value: { codec: 'avro' } });
  });

  it('prints a finding as the design shows it', () => {
    const { graph, findings } = check(valid.replace('amount', 'amout'));
    expect(graph).toBeNull();
    expect(findings.map(formatFinding).join('\n')).toBe(
      [
        'topology.json:9:21 error UNKNOWN_FIELD  operators.paid.where: field "amout" does not exist on the records of "orders". Did you mean "amount"?',
        '    9 |   "where": "amout > 0.0"',
        '      |             ^^^^^',
      ].join('\n'),
    );
  });
});
