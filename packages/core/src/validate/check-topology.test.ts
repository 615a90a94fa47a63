import fc from 'fast-check';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { builtInCodecs } from '../codecs/index.ts';
import { defineOperator, defineSink, defineSource } from '../component/define.ts';
import { createRegistry } from '../component/registry.ts';
import { formatFinding } from '../definition/format-finding.ts';
import { describeGraph } from '../graph/describe-graph.ts';
import type { TopologyGraph } from '../graph/topology-graph.ts';
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

function check(text: string, purpose: 'validate' | 'run' = 'validate') {
  return checkTopology(
    { text, file: 'topology.json' },
    {
      registry,
      env: {},
      set: {},
      purpose,
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

describe('checkTopology on mutated text', () => {
  const values = [
    'null',
    '0',
    '-1',
    '""',
    '"x"',
    '[]',
    '{}',
    '[1]',
    'true',
    '{"$param":"x"}',
    '{"$cel":"a"}',
    '{"$use":"a#b"}',
    '"1s"',
    '1e999',
  ];

  // A mutation replaces, repeats or takes out a token of JSON, or any characters.
  const mutation = fc.record({
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    kind: fc.constantFrom('value', 'drop', 'double', 'cut', 'insert', 'swap'),
    value: fc.constantFrom(...values),
    text: fc.string({ maxLength: 5 }),
    other: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });

  const mutate = (
    text: string,
    {
      at,
      kind,
      value,
      text: inserted,
      other,
    }: { at: number; kind: string; value: string; text: string; other: number },
  ) => {
    const tokens = text.match(/"(?:[^"\\]|\\.)*"|[-\w.]+|\s+|[^\s]/g) ?? [''];
    const index = Math.floor(at * tokens.length);
    const second = Math.floor(other * tokens.length);
    const token = tokens[index] as string;
    if (kind === 'value') tokens[index] = value;
    if (kind === 'drop') tokens[index] = '';
    if (kind === 'double') tokens[index] = token + token;
    if (kind === 'cut') tokens[index] = token.slice(0, Math.floor(token.length / 2));
    if (kind === 'insert') tokens[index] = token.slice(0, 1) + inserted + token.slice(1);
    if (kind === 'swap') [tokens[index], tokens[second]] = [tokens[second] as string, token];
    return tokens.join('');
  };

  it('never throws, and every finding lies inside the file', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const text = mutations.reduce(mutate, valid);
        const { graph, findings } = check(text);
        const lines = text.split(/\r\n|\n|\r/);
        for (const finding of findings) {
          const line = lines[finding.line - 1];
          expect(line).toBeDefined();
          expect(finding.column).toBeGreaterThanOrEqual(1);
          expect(finding.column).toBeLessThanOrEqual((line as string).length + 1);
          expect(finding.code).not.toBe('COMPONENT_FAILED');
          expect(finding.excerpt.caret + finding.excerpt.length).toBeLessThanOrEqual(finding.excerpt.text.length + 1);
          expect(formatFinding(finding)).toContain(finding.code);
        }
        expect(graph === null).toBe(findings.some(({ severity }) => severity === 'error'));
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
