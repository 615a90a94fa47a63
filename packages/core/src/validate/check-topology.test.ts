import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { builtInCodecs } from '../codecs/index.ts';
import { defineOperator, defineSink, defineSource } from '../component/define.ts';
import { createRegistry } from '../component/registry.ts';
import { formatFinding } from '../definition/format-finding.ts';
import { describeGraph } from '../graph/describe-graph.ts';
import { deadLetterSink } from '../graph/topology-graph.ts';
import type { OperatorNode, SourceNode, TopologyGraph } from '../graph/topology-graph.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { checkTopology } from './check-topology.ts';

const codec = Type.Union([Type.String(), Type.Object({ codec: Type.String() }, { additionalProperties: true })]);
const fails = () => {
  throw new Error('never created');
};

const queue = defineSource({
  type: 'kafka',
  summary: 'a source',
  options: Type.Object({
    topic: Type.String(),
    key: Type.Optional(codec),
    value: codec,
    timestamp: Type.Optional(Type.String()),
  }),
  examples: [],
  infer(options, context) {
    const value = context.reads(['value'], options.value);
    const key = options.key === undefined ? null : context.reads(['key'], options.key);
    if (value === null || (options.key !== undefined && key === null)) return null;
    const output: EdgeType = {
      key: key?.schema ?? null,
      value: value.schema,
      kind: 'stream',
      tombstones: false,
      partitionedBy: 'unknown',
      ordered: true,
      scope: 'record',
    };
    return { output, key, value };
  },
  traits: () => ({ scope: 'group', replay: 'position', bounded: false }),
  lower: ({ timestamp }, context) =>
    timestamp === undefined
      ? []
      : [
          {
            op: 'timestamp',
            at: context.expression(['timestamp'], timestamp, context.outputs.out as EdgeType, {
              expected: 'timestamp',
            }),
          },
        ],
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
    return context.expression(['where'], options.where, input, { expected: 'bool' }) === null
      ? null
      : { out: input, dropped: input };
  },
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  lower: (options, context) => [
    {
      op: 'filter',
      where: context.expression(['where'], options.where, context.inputs[0] as EdgeType, { expected: 'bool' }),
      dropped: 'dropped',
    },
  ],
});

const queueSink = defineSink({
  type: 'kafka',
  summary: 'a sink',
  options: Type.Object({
    topic: Type.String(),
    key: Type.Optional(codec),
    value: Type.Optional(codec),
    keyBy: Type.Optional(Type.String()),
  }),
  examples: [],
  infer(options, input, context) {
    const value = context.writes(['value'], options.value, input.value, { codec: null, schemaName: options.topic });
    const key =
      input.key === null ? null : context.writes(['key'], options.key, input.key, { codec: null, schemaName: 'Key' });
    return value === null ? null : { key, value };
  },
  traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 1, transactional: false, idempotent: false }),
  lower: ({ keyBy }, context) =>
    keyBy === undefined
      ? []
      : [{ op: 'key', by: context.expression(['keyBy'], keyBy, context.inputs[0] as EdgeType), null: null }],
  create: fails,
});

const registry = createRegistry([queue, filter, queueSink, ...builtInCodecs]);
const schemaText = JSON.stringify({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
  ],
});

interface Around {
  readonly set?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly bootstrap?: string[];
  readonly cluster?: boolean;
}

function check(text: string, purpose: 'validate' | 'run' = 'validate', around: Around = {}) {
  const { set = {}, env = {} } = around;
  // Most runs here have a cluster from the command line.
  const bootstrap =
    around.bootstrap ?? (purpose === 'run' && around.cluster !== false ? ['localhost:9092'] : undefined);
  return checkTopology(
    { text, file: 'topology.json' },
    {
      registry,
      env,
      set,
      purpose,
      ...(bootstrap !== undefined && { bootstrap }),
      readFile: (path) => {
        if (path === 'order.avsc') return schemaText;
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
    expect(sink).toMatchObject({
      kind: 'sink',
      written: { key: { kind: 'string' } },
      key: { codec: 'string' },
      value: { codec: 'avro' },
    });
  });

  it('fills in what the format says where nothing is written', () => {
    const { graph } = check(valid);
    expect(graph?.run).toEqual({
      guarantee: 'at-least-once',
      commitIntervalMs: 1000,
      memoryBytes: 512 * 2 ** 20,
      drainTimeoutMs: 25_000,
      nodeTimeoutMs: 30_000,
      stateDirectory: '.headrace/orders',
      deadLetter: null,
    });
    expect(graph?.nodes.get('out')).toMatchObject({
      policies: { decode: 'fail', process: 'fail', deliver: 'fail' },
      retry: { attempts: 10, delayMs: 200, maxDelayMs: 30_000, forMs: null },
      required: true,
      batch: { records: null, bytes: null, delayMs: null },
    });
    expect(graph).toMatchObject({ name: 'orders', group: 'orders', directory: '.', cluster: null });
  });

  it('gives every node but a sink a port for what fails: raw bytes at a source, the input elsewhere', () => {
    const { graph } = check(valid);
    const [orders, paid] = [graph?.nodes.get('orders'), graph?.nodes.get('paid')] as (SourceNode | OperatorNode)[];
    expect(orders?.outputs.error).toMatchObject({ key: null, value: { kind: 'bytes' }, scope: 'error' });
    expect(paid?.outputs.error).toEqual({ ...orders?.outputs.out, scope: 'error' });
  });

  it('makes a sink of raw bytes for a dead-letter topic, whose deliveries only ever fail', () => {
    const run =
      '"run": { "onError": { "decode": "deadLetter", "deliver": "skip" }, "deadLetter": { "topic": "letters" } },';
    const { graph, findings } = check(valid.replace('"sources"', `${run}\n  "sources"`));
    expect(findings).toEqual([]);
    expect(graph?.run.deadLetter).toBe(deadLetterSink);
    expect(graph?.nodes.get('orders')?.policies).toEqual({ decode: 'deadLetter', process: 'fail', deliver: 'skip' });
    expect(graph?.nodes.get(deadLetterSink)).toMatchObject({
      kind: 'sink',
      type: 'kafka',
      options: { topic: 'letters' },
      inputs: [],
      policies: { decode: 'fail', process: 'fail', deliver: 'fail' },
      key: { codec: 'bytes', schema: { kind: 'bytes' } },
      value: { codec: 'bytes', schema: { kind: 'bytes' } },
    });
  });

  it('takes parameters from the command line before the environment, and those before the default', () => {
    const text = valid
      .replace(
        '"name": "orders",',
        '"name": "orders", "parameters": { "min": { "type": "double", "env": "MIN", "default": 1.0 } },',
      )
      .replace('amount > 0.0', 'amount > params.min');
    const min = (set: Record<string, string>, env: Record<string, string>) =>
      check(text, 'run', { set, env }).graph?.parameters.get('min')?.value;
    expect([min({ min: '3' }, { MIN: '2' }), min({}, { MIN: '2' }), min({}, {}), min({}, { MIN: '' })]).toEqual([
      3, 2, 1, 1,
    ]);
  });

  it('needs a cluster to run, or addresses from the command line', () => {
    const codes = (bootstrap?: string[]) =>
      check(valid, 'run', bootstrap === undefined ? { cluster: false } : { cluster: false, bootstrap }).findings.map(
        ({ code }) => code,
      );
    expect(codes()).toEqual(['CLUSTER_NEEDED']);
    expect(codes(['localhost:9092'])).toEqual([]);
    expect(check(valid, 'run', { bootstrap: ['a:1'] }).graph?.cluster).toEqual({ brokers: ['a:1'] });
  });

  it('says nothing about a place whose parameter is not set, and gives no graph where its type hangs on it', () => {
    const declared = valid.replace(
      '"name": "orders",',
      '"name": "orders", "parameters": { "p": { "type": "string" } },',
    );
    const topic = check(declared.replace('"topic": "orders"', '"topic": { "$param": "p" }'));
    expect(topic.findings.map(({ code, severity }) => [code, severity])).toEqual([['PARAMETER_NOT_SET', 'info']]);
    expect(topic.graph).not.toBeNull();
    const where = check(declared.replace('"amount > 0.0"', '{ "$param": "p" }'));
    expect(where.findings.map(({ code }) => code)).toEqual(['PARAMETER_NOT_SET']);
    expect(where.graph).toBeNull();
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

describe('checkTopology on hostile text', () => {
  const only = (text: string) => check(text).findings.map(({ code, line, column }) => `${code} ${line}:${column}`);

  it('refuses 100,000 levels before anything recursive sees them', () => {
    expect(only('['.repeat(100_000))).toEqual(['NESTED_TOO_DEEP 1:65']);
    expect(only(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)).toEqual(['NESTED_TOO_DEEP 1:321']);
  });

  it('refuses a file of 5 MiB', () => {
    expect(only(valid + ' '.repeat(5 * 1024 * 1024))).toEqual(['FILE_TOO_LARGE 1:1']);
  });

  it('refuses a file of 50 MB before it is parsed', () => {
    expect(only(`[${'1,'.repeat(25_000_000)}1]`)).toEqual(['FILE_TOO_LARGE 1:1']);
  });

  it('refuses keys that reach for prototypes, and leaves prototypes alone', () => {
    const text = valid.replace('"headrace": 1,', '"headrace": 1, "__proto__": { "polluted": 1 }, "constructor": 1,');
    expect(only(text)).toEqual(['FORBIDDEN_KEY 2:18', 'FORBIDDEN_KEY 2:50']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('refuses a key that is written twice', () => {
    expect(only(valid.replace('"name": "orders",', '"name": "orders", "name": "other",'))).toEqual([
      'DUPLICATE_KEY 3:21',
    ]);
  });

  it('takes a chain of 3,000 operators', () => {
    const operators = Array.from({ length: 3000 }, (_, i) => [
      `f${i}`,
      { type: 'filter', input: i === 0 ? 'orders' : `f${i - 1}`, where: 'true' },
    ]);
    const definition = JSON.parse(valid) as Record<string, unknown>;
    definition.operators = Object.fromEntries(operators);
    definition.sinks = { out: { type: 'kafka', input: 'f2999', topic: 't' } };
    const { graph, findings } = check(JSON.stringify(definition));
    expect(findings).toEqual([]);
    expect(describeGraph(graph as TopologyGraph, 'tree').split('\n')).toHaveLength(3003);
  });
});
