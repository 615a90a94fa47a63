import { parseSchema, schemaToJson, type Schema } from '@headrace/avro';
import { check } from '@headrace/cel';
import { describe, expect, it } from 'vitest';
import type { ExpressionOptions, ExpressionText, InferContext } from '../component/contexts.ts';
import type { Finding, Path } from '../component/finding.ts';
import type { FunctionCall } from '../component/function-call.ts';
import { UserFunction } from '../component/user-function.ts';
import type { OperatorDefinition } from '../component/operator.ts';
import type { Port } from '../record/record-batch.ts';
import { validateValue } from '../definition/validate-value.ts';
import { TaskBatch } from '../record/task-batch.ts';
import { interpretStage } from '../stage/interpreter.ts';
import { Counters } from '../telemetry/counters.ts';
import { celEnvironment } from '../types/cel-environment.ts';
import { celTypeOf } from '../types/cel-type-of.ts';
import { dynamic, type EdgeType } from '../types/edge-type.ts';
import { formatType } from '../types/format-type.ts';
import { branchOperator, builtInOperators, filterOperator, keyByOperator, mapOperator } from './index.ts';

const plain = { id: 'string', orderId: 'string', customerId: 'int', amount: 'double', quantity: 'int' };
const types = {
  ...plain,
  status: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] },
  country: ['null', 'string'],
  note: ['null', 'string'],
  address: { type: 'record', name: 'Address', fields: [{ name: 'city', type: 'string' }] },
  lines: {
    type: 'array',
    items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] },
  },
  line: 'string',
  cells: 'string',
  payload: 'string',
};
const fields = Object.entries(types).map(([name, type]) => ({ name, type }));
const order = parseSchema({ type: 'record', name: 'shop.Order', fields });
const identity = {
  codec: 'string',
  schema: '"string"',
  framing: 'bare',
  partitioner: 'murmur2',
  partitions: 3,
} as const;
const orders: EdgeType = {
  key: { kind: 'string' },
  value: order,
  kind: 'table',
  tombstones: true,
  partitionedBy: identity,
  ordered: true,
  scope: 'record',
};
const open: EdgeType = { ...orders, value: dynamic };
const sample = {
  id: 'r1',
  orderId: 'o1',
  customerId: 7,
  status: 'PAID',
  amount: 20,
  quantity: 3,
  country: 'DE',
  note: 'x',
  address: { city: 'Bonn' },
  lines: [{ sku: 's1' }, { sku: 's2' }],
  line: '10.0.0.1 - eva [10/Oct/2025:13:55:36 +0200] "GET /a HTTP/1.1" 200 7 "-" "curl"',
  cells: 'a,"b, c"',
  payload: '{"n": 1}',
};

/** What only some operators need. */
const others = ['lines', 'line', 'cells', 'payload'];

interface Inferred {
  readonly outputs: Readonly<Record<Port, EdgeType>> | null;
  readonly findings: readonly string[];
}

/** Infers an operator as the graph does; a finding is printed as its code and place. */
function infer(operator: OperatorDefinition, options: unknown, input = orders): Inferred {
  const findings: string[] = [];
  const report = ({ code, at }: Finding): number => findings.push(`${code} ${at.join('/')}`);
  const context = {
    node: 'n',
    report,
    expression(at: Path, text: ExpressionText, edge: EdgeType, how: ExpressionOptions = {}) {
      if (text instanceof UserFunction) return callOf(text);
      const { checked, issues } = checkText(text, edge, how);
      for (const { code, severity } of issues) if (severity === 'error') report({ code, severity, at, message: '' });
      const { expected = 'any' } = how;
      if (checked === null || expected === 'any' || checked.type.kind === expected || checked.type.kind === 'dyn')
        return checked;
      report({ code: 'EXPRESSION_TYPE', severity: 'error', at, message: '' });
      return null;
    },
    schema: (_: Path, reference: unknown) => parseSchema(reference),
  } as unknown as InferContext;
  const outputs = operator.infer(options, input, context);
  return { outputs, findings };
}

function callOf(use: UserFunction): FunctionCall {
  const schema = use.returns === undefined ? dynamic : parseSchema(use.returns);
  return { kind: 'function', use, type: celTypeOf(schema), returns: schema };
}

/** The functions that examples name. */
const functions: Readonly<Record<string, (...args: never[]) => unknown>> = {
  './rules.ts#isLarge': (order: { amount: number }) => order.amount > 10,
  './price.ts#priced': () => ({ total: 1 }),
  './watch.ts#watch': () => {},
  './alerts.ts#detect': (_value: unknown, _record: unknown, emit: (record: object) => void) => emit({ value: 'x' }),
};

/** Makes the functions of options that are written out, as the definition does. */
function filledIn(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options;
  if (Array.isArray(options)) return options.map(filledIn);
  const { $use, ...others } = options as Record<string, unknown>;
  const rest = Object.fromEntries(Object.entries(others).map(([name, part]) => [name, filledIn(part)]));
  if (typeof $use !== 'string') return rest;
  const one = new UserFunction($use, null, others['returns'], functions[$use]);
  return Object.keys(others).every((name) => name === 'returns') && !($use in nodeFunctions)
    ? one
    : { ...rest, $use: one };
}

/** Those that are options of a node and stand for no expression. */
const nodeFunctions: Readonly<Record<string, true>> = { './watch.ts#watch': true, './rx.ts#grouped': true };

function checkText(text: Exclude<ExpressionText, UserFunction>, edge: EdgeType, { variables }: ExpressionOptions) {
  return check(typeof text === 'string' ? text : text.join('\n'), celEnvironment(edge, new Map(), variables));
}

/** Lowers an operator and runs it on one value: what left by which port, or the code of its failure. */
function run(operator: OperatorDefinition, options: unknown, value: unknown = sample, input = orders) {
  const { outputs, findings } = infer(operator, options, input);
  if (outputs === null || findings.length > 0) throw new Error(findings.join());
  const ops = operator.lower?.(options, {
    node: 'n',
    inputs: [input],
    outputs,
    expression(at, text, edge, how = {}) {
      if (text instanceof UserFunction) return callOf(text);
      const { checked } = checkText(text, edge, how);
      if (checked === null) throw new Error(`"lower" checks ${at.join('/')} in another way than "infer"`);
      return checked;
    },
  });
  const ports = [...operator.ports(options).map(({ port }) => port), 'error'];
  const stage = interpretStage(
    {
      head: 'n',
      exits: ports.length,
      nodes: { n: { ops: ops ?? [], ports: Object.fromEntries(ports.map((port, i) => [port, [i]])), onError: 'fail' } },
    },
    {
      topology: 't',
      decodeKey: null,
      decodeValue: null,
      exits: ports.map(() => ({ kind: 'objects' })),
      parameters: {},
      json: (bytes, start, end) => JSON.parse(Buffer.from(bytes).toString('utf8', start, end)) as unknown,
      now: () => 0,
      origin: () => ({ topic: null, partition: null }),
    },
  );
  const result: Record<Port, { key: unknown; value: unknown }> = {};
  stage.run(batchOf(value), 0, 1, new Counters()).forEach((rows, i) => {
    const { keys, values } = rows?.columns ?? {};
    if (keys?.kind !== 'objects' || values?.kind !== 'objects') return;
    result[ports[i] as Port] = { key: keys.items[0], value: rows?.failures?.[0]?.code ?? values.items[0] };
  });
  return result;
}

function batchOf(value: unknown): TaskBatch {
  const objects = (item: unknown) => ({ kind: 'objects', items: [item] }) as const;
  const one = Float64Array.of(0);
  const [keys, values, headers] = [objects('k'), objects(value), objects(null)];
  const columns = { count: 1, offsets: one, timestamps: one, keys, values, headers };
  const origin = { task: 't', incarnation: 1, source: 's', split: 'p' };
  const rest = { selection: null, ordinals: null, failures: null, bytes: 0 };
  return new TaskBatch({ opened: () => {}, closed: () => {} }, { origin, epoch: 1, place: 0, columns, ...rest });
}

const outputType = (options: unknown, input = orders): string => {
  const { outputs, findings } = infer(mapOperator, options, input);
  return findings.length > 0 ? findings.join() : formatType(outputs?.['out']?.value ?? dynamic);
};

describe('every built-in operator', () => {
  const examples = builtInOperators.flatMap((operator) =>
    operator.examples.map(({ summary, options }) => ({ operator, summary, options: filledIn(options) })),
  );

  it.each(examples)('$operator.type: $summary', ({ operator, options }) => {
    expect(validateValue(operator.options, options, [])).toEqual([]);
    expect(infer(operator, options)).toMatchObject({ findings: [] });
    // Each example passes the sample on, by one of its own ports.
    expect(Object.keys(run(operator, options)).filter((port) => port !== 'error')).not.toEqual([]);
  });

  it.each(builtInOperators)('$type has examples, describes its options and types all of its ports', (operator) => {
    expect(operator.examples.length).toBeGreaterThan(0);
    for (const option of Object.values(
      (operator.options as { properties?: Record<string, { description?: string }> }).properties ?? {},
    ))
      expect(option.description).toMatch(/\.$/);
    for (const example of operator.examples) {
      const options = filledIn(example.options);
      const ports = operator.ports(options).map(({ port }) => port);
      expect(Object.keys(infer(operator, options).outputs ?? {}).sort()).toEqual(ports.sort());
    }
  });
});

describe('filter', () => {
  it('keeps the type on both ports', () => {
    expect(infer(filterOperator, { where: 'amount > 1.0' }).outputs).toEqual({ out: orders, dropped: orders });
  });

  it('sends what is false away and lets deletions pass', () => {
    expect(run(filterOperator, { where: 'amount > 100.0' })).toEqual({ dropped: { key: 'k', value: sample } });
    expect(run(filterOperator, { where: 'amount > 100.0' }, null)).toEqual({ out: { key: 'k', value: null } });
  });

  it('refuses an expression that is no condition, and fails records where it turns out to be none', () => {
    expect(infer(filterOperator, { where: 'amount' }).findings).toEqual(['EXPRESSION_TYPE where']);
    expect(run(filterOperator, { where: 'paid' }, { paid: 'yes' }, open)).toMatchObject({
      error: { value: 'CONDITION_IS_NO_BOOL' },
    });
  });
});

describe('branch', () => {
  const cases = [
    { port: 'large', where: 'amount > 10.0' },
    { port: 'paid', where: 'status == "PAID"' },
  ];

  it('sends a record to the first case or to all, and else to "unmatched"', () => {
    expect(Object.keys(run(branchOperator, { cases }))).toEqual(['large']);
    expect(Object.keys(run(branchOperator, { cases, match: 'all' }))).toEqual(['large', 'paid']);
    expect(Object.keys(run(branchOperator, { cases }, { ...sample, amount: 1, status: 'NEW' }))).toEqual(['unmatched']);
    expect(Object.keys(run(branchOperator, { cases }, null))).toEqual(['large', 'paid']);
  });

  it('makes a stream of a table', () => {
    expect(infer(branchOperator, { cases }).outputs).toMatchObject({
      large: { kind: 'stream' },
      unmatched: { kind: 'stream' },
    });
  });

  it('refuses ports that are reserved or declared twice', () => {
    const ports = ['error', 'a', 'a', 'unmatched'].map((port) => ({ port, where: 'true' }));
    expect(infer(branchOperator, { cases: ports }).findings).toEqual([
      'RESERVED_PORT cases/0/port',
      'DUPLICATE_PORT cases/2/port',
      'RESERVED_PORT cases/3/port',
    ]);
  });
});

describe('keyBy', () => {
  const keyType = (by: unknown, input = orders): string => {
    const { outputs, findings } = infer(keyByOperator, { by }, input);
    const key = outputs?.['out']?.key ?? null;
    return key === null ? findings.join() : formatType(key);
  };

  it.each([
    ['customerId', 'int'],
    ['address.city', 'string'],
    ['record.value.country', 'string'],
    ['status', 'string'],
    ['record.key', 'string'],
    ['customerId + 1', 'long'],
    [['status', 'country'], '{ status: Status, country: string? }'],
    [{ c: 'customerId', big: { is: 'amount > 5.0' } }, '{ c: int, big: { is: boolean } }'],
    [['nothing'], 'UNKNOWN_FIELD by/0'],
    [{ c: 'nothing' }, 'UNKNOWN_NAME by/c'],
  ])('by %j has keys of type %s', (by, type) => {
    expect(keyType(by)).toBe(type);
  });

  it('has dynamic keys where nothing is known, and is no table any more', () => {
    expect(keyType('id', open)).toBe('dynamic');
    expect(infer(keyByOperator, { by: 'id' }).outputs?.['out']).toMatchObject({
      kind: 'stream',
      partitionedBy: 'unknown',
    });
  });

  it('sets keys, and sends a null key away', () => {
    expect(run(keyByOperator, { by: 'country' })['out']?.key).toBe('DE');
    expect(run(keyByOperator, { by: 'country' }, { ...sample, country: null })).toMatchObject({
      dropped: { key: 'k' },
    });
    expect(run(keyByOperator, { by: ['id', 'country'] }, { id: 'a' }, open)['out']?.key).toEqual({ id: 'a' });
    expect(run(keyByOperator, { by: 'country' }, null)).toMatchObject({ error: { value: 'VALUE_IS_NO_RECORD' } });
  });
});

describe('map', () => {
  it.each([
    [{ select: ['status', 'id'] }, '{ status: Status, id: string }'],
    [{ select: { n: 'customerId', s: 'status', a: 'address' } }, '{ n: long, s: string, a: Address }'],
    [{ select: { quantity: 'quantity * 2', amount: 'quantity' } }, '{ quantity: int, amount: double }'],
    [{ select: { quantity: 'amount / 2.0', status: '"PAID"' } }, '{ quantity: double, status: Status }'],
    [{ select: { status: 'string(amount)', note: 'id' } }, '{ status: Status, note: string? }'],
    [{ select: { at: { city: 'address.city', n: 'quantity' } } }, '{ at: { city: string, n: long } }'],
    [{ select: { t: 'record.timestamp', d: 'duration("1s")' } }, '{ t: timestamp-millis, d: time-micros }'],
    [{ select: { n: 'quantity' }, types: { n: 'int' } }, '{ n: int }'],
    [{ select: { t: 'record.timestamp' }, types: { t: 'timestamp-micros' } }, '{ t: timestamp-micros }'],
    [
      { remove: ['orderId', 'customerId', 'status', 'amount', 'quantity', 'address', 'note', ...others] },
      '{ id: string, country: string? }',
    ],
    [{ rename: { number: 'id' }, set: { extra: 'true', number: 'number2' }, remove: [] }, 'UNKNOWN_NAME set/number'],
    [
      {
        rename: { number: 'id' },
        set: { x: '1', status: 'status' },
        remove: ['orderId', 'address', 'country', 'note', 'customerId', ...others],
      },
      '{ number: string, amount: double, quantity: int, status: Status, x: long }',
    ],
    [{ keyBy: 'country' }, formatType(order)],
  ])('%j gives %s', (options, type) => {
    expect(outputType(options)).toBe(type);
  });

  it.each([
    [{ select: ['amout'] }, 'UNKNOWN_FIELD select/0'],
    [{ select: ['id'], set: { a: '1' } }, 'OPTIONS_CONFLICT set'],
    [{ rename: { a: 'id', b: 'id' } }, 'DUPLICATE_FIELD rename/a'],
    [{ rename: { note: 'id' } }, 'DUPLICATE_FIELD rename'],
    [{ remove: ['idd'] }, 'UNKNOWN_FIELD remove/0'],
    [{ set: { 'a b': '1' } }, 'WRONG_FIELD_NAME set/a b'],
    [{ set: { a: '[]' } }, 'OUTPUT_SCHEMA_NEEDED set/a'],
    [{ set: { a: '1' }, types: { a: 'string' } }, 'TYPE_DOES_NOT_FIT types/a'],
    [{ set: { a: '1' }, types: { id: 'string' } }, 'UNKNOWN_FIELD types/id'],
    [{ let: { id: '1' } }, 'NAME_TAKEN let/id'],
    [{ let: { record: '1' } }, 'NAME_TAKEN let/record'],
    [{ let: { a: 'b', b: 'a' } }, 'CYCLE_IN_LET let/a'],
    [{ headers: { h: '[1]' } }, 'EXPRESSION_TYPE headers/h'],
    [{ timestamp: 'amount' }, 'EXPRESSION_TYPE timestamp'],
  ])('refuses %j: %s', (options, finding) => {
    expect(outputType(options)).toBe(finding);
  });

  it('is a table while the key stays', () => {
    expect(infer(mapOperator, { set: { a: '1' } }).outputs?.['out']).toMatchObject({
      kind: 'table',
      partitionedBy: identity,
    });
    expect(infer(mapOperator, { keyBy: 'id' }).outputs?.['out']).toMatchObject({
      kind: 'stream',
      partitionedBy: 'unknown',
    });
  });

  it('computes on the incoming record, lets in any order', () => {
    const options = {
      let: { b: 'a + 1', a: 'quantity' },
      rename: { n: 'quantity' },
      set: { id: 'orderId', orderId: 'id', amount: 'b' },
      remove: ['address'],
      keyBy: 'id',
    };
    const { key, value } = run(mapOperator, options)['out'] ?? {};
    expect(key).toBe('r1');
    expect(value).toMatchObject({ id: 'o1', orderId: 'r1', amount: 4, n: 3 });
    expect(value).not.toHaveProperty('address');
  });

  it('fails records whose values do not fit the type that a field keeps', () => {
    expect(run(mapOperator, { set: { quantity: 'quantity * 2000000000' } })).toMatchObject({
      error: { value: 'VALUE_OUT_OF_RANGE' },
    });
    expect(run(mapOperator, { set: { id: 'note' } }, { ...sample, note: null })).toMatchObject({
      error: { value: 'VALUE_OUT_OF_RANGE' },
    });
    expect(run(mapOperator, { set: { status: 'id' } })).toMatchObject({ error: { value: 'VALUE_OUT_OF_RANGE' } });
  });

  describe('of values without a schema', () => {
    it('passes on all that is not named', () => {
      const options = { rename: { b: 'a' }, set: { n: 'c + 1' }, remove: ['d'] };
      expect(outputType(options, open)).toBe('dynamic');
      expect(run(mapOperator, options, { a: 1, c: 2, d: 3, e: 4 }, open)['out']?.value).toEqual({
        b: 1,
        c: 2,
        e: 4,
        n: 3,
      });
      expect(run(mapOperator, { select: ['a', 'z'] }, { a: 1, c: 2 }, open)['out']?.value).toEqual({ a: 1 });
    });

    it('has no use for "types"', () => {
      expect(outputType({ set: { a: '1' }, types: { a: 'int' } }, open)).toBe('OPTIONS_CONFLICT types');
    });
  });

  describe('with "output"', () => {
    const output = schemaToJson(
      parseSchema({
        type: 'record',
        name: 'Out',
        fields: [
          { name: 'id', type: 'string' },
          { name: 'quantity', type: 'long' },
          { name: 'level', type: 'int', default: 1 },
        ],
      }) as Schema,
    );

    it('checks dynamic values, takes defaults and leaves the rest out', () => {
      const options = { output, set: { quantity: 'n' } };
      expect(run(mapOperator, options, { id: 'a', n: 2, z: 1 }, open)['out']?.value).toEqual({
        id: 'a',
        quantity: 2,
        level: 1,
      });
      expect(run(mapOperator, options, { id: 'a', n: 'x' }, open)).toMatchObject({
        error: { value: 'VALUE_OUT_OF_RANGE' },
      });
      expect(
        run(mapOperator, { output, remove: ['level'] }, { id: 'a', quantity: 2, level: 9 }, open)['out']?.value,
      ).toMatchObject({ level: 1 });
    });

    it('projects records that have a schema', () => {
      expect(outputType({ output })).toBe('Out { id: string, quantity: long, level: int }');
      expect(run(mapOperator, { output })['out']?.value).toEqual({ id: 'r1', quantity: 3, level: 1 });
    });

    it.each([
      [{ select: ['id'], output }, 'MISSING_FIELD output'],
      [{ select: ['id', 'quantity', 'note'], output }, 'UNKNOWN_FIELD select/2'],
      [{ set: { more: '1' }, output }, 'UNKNOWN_FIELD set/more'],
      [{ set: { quantity: 'id' }, output }, 'TYPE_DOES_NOT_FIT set/quantity'],
      [{ set: { quantity: '1' }, types: { quantity: 'int' }, output }, 'OPTIONS_CONFLICT types'],
      [{ output: 'string' }, 'OUTPUT_IS_NO_RECORD output'],
    ])('refuses %j: %s', (options, finding) => {
      expect(outputType(options)).toBe(finding);
    });
  });
});
