import { parseSchema, type Schema } from '@headrace/avro';
import { check, type CelType } from '@headrace/cel';
import { describe, expect, it } from 'vitest';
import type { Expression } from '../component/contexts.ts';
import type { StageOp } from '../component/stage-op.ts';
import { bytesAt, bytesColumn, headersAt, type Columns, type Header } from '../record/columns.ts';
import type { Failure } from '../record/failure.ts';
import { TaskBatch } from '../record/task-batch.ts';
import { Counters } from '../telemetry/counters.ts';
import { celEnvironment } from '../types/cel-environment.ts';
import { dynamic, type EdgeType, type ValueType } from '../types/edge-type.ts';
import { interpretStage, type ExitRows, type StageSetup } from './interpreter.ts';
import type { Stage } from './stage.ts';

const order = parseSchema({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'count', type: 'int' },
  ],
});
const edgeOf = (value: ValueType, scope: EdgeType['scope'] = 'record'): EdgeType => ({
  key: { kind: 'string' },
  value,
  kind: 'stream',
  tombstones: false,
  partitionedBy: 'unknown',
  ordered: true,
  scope,
});

function cel(text: string, edge = edgeOf(order), variables: Record<string, CelType> = {}): Expression {
  const { checked, issues } = check(text, celEnvironment(edge, new Map(), new Map(Object.entries(variables))));
  if (checked === null) throw new Error(JSON.stringify(issues));
  return checked;
}

const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString());
const json: Pick<StageSetup, 'decodeKey' | 'decodeValue'> = {
  decodeKey: (buffer, start, end) => text(buffer.subarray(start, end)),
  decodeValue: (buffer, start, end) => JSON.parse(text(buffer.subarray(start, end)) as string),
};
const encode = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const objects = { kind: 'objects' } as const;
const letters = { kind: 'deadLetter', as: 'bytes', key: encode, value: encode } as const;

interface Given {
  readonly key?: string | null;
  readonly value: string | null;
  readonly headers?: readonly Header[];
  readonly failure?: Failure;
  readonly ordinal?: number;
}

function batchOf(rows: readonly Given[], decoded = false): TaskBatch {
  const bytes = (value: string | null): Uint8Array | null => (value === null ? null : Buffer.from(value));
  const columns: Columns = {
    count: rows.length,
    offsets: Float64Array.from(rows, (row, i) => (row.ordinal === undefined ? 10 + i : 10)),
    timestamps: Float64Array.from(rows, (_, i) => 1000 + i),
    keys: bytesColumn(rows.map((row) => bytes(row.key ?? null))),
    values: decoded
      ? { kind: 'objects', items: rows.map((row) => (row.value === null ? null : JSON.parse(row.value))) }
      : bytesColumn(rows.map((row) => bytes(row.value))),
    headers: { kind: 'objects', items: rows.map((row) => row.headers ?? null) },
  };
  return new TaskBatch(
    { opened: () => {}, closed: () => {} },
    {
      origin: { task: 't', incarnation: 1, source: 'orders', split: 'orders/3' },
      epoch: 1,
      place: 0,
      columns,
      selection: null,
      ordinals: rows.some((row) => row.ordinal !== undefined)
        ? Uint32Array.from(rows, (row) => row.ordinal ?? 0)
        : null,
      failures: rows.some((row) => row.failure) ? rows.map((row) => row.failure ?? null) : null,
      bytes: 0,
    },
  );
}

function run(stage: Stage, given: readonly Given[], setup: Partial<StageSetup>, decoded = false) {
  const counters = new Counters();
  const interpreter = interpretStage(stage, {
    topology: 'shop',
    ...json,
    exits: [objects],
    parameters: {},
    origin: () => ({ topic: 'orders', partition: 3 }),
    ...setup,
  });
  const batch = batchOf(given, decoded);
  const rows = interpreter.run(batch, 0, batch.rows, counters);
  return { rows, counters: counters.snapshot() };
}

/** A stage of one node that leads to exit 0, and its errors to exit 1 if there is one. */
function single(ops: readonly StageOp[], more: Partial<Stage['nodes'][string]> = {}): Stage {
  return { head: 'orders', exits: 2, nodes: { orders: { ops, ports: { out: [0] }, onError: 'fail', ...more } } };
}

const values = (rows: ExitRows | null | undefined): unknown[] => {
  const column = rows?.columns.values;
  if (rows === null || rows === undefined || column === undefined) return [];
  if (column.kind === 'objects') return [...column.items];
  return Array.from({ length: rows.columns.count }, (_, row) => text(bytesAt(column, row)));
};
const headers = (rows: ExitRows | null | undefined, row = 0): Record<string, string | null> =>
  rows ? Object.fromEntries(headersAt(rows.columns.headers, row).map(({ name, value }) => [name, text(value)])) : {};
const project = (output: Schema, fields: [string, Expression][], more: object = {}): StageOp => ({
  op: 'project',
  let: [],
  fields,
  output,
  ...more,
});
const doubled: StageOp = project(order, [
  ['id', cel('id')],
  ['count', cel('count * 2')],
]);
const raw = '{"id":"a","count":1}';

describe('a failure', () => {
  it('throws with code and place where nothing says what to do, and counts nothing', () => {
    const counters = new Counters();
    const stage = single([{ op: 'filter', where: cel('1 / count > 0'), dropped: 'dropped' }]);
    const interpreter = interpretStage(stage, {
      topology: 'shop',
      ...json,
      exits: [objects, objects],
      parameters: {},
      origin: () => ({ topic: null, partition: null }),
    });
    const batch = batchOf([{ value: raw }, { value: '{"id":"b","count":0}' }]);
    expect(() => interpreter.run(batch, 0, 2, counters)).toThrow(
      expect.objectContaining({ code: 'DIVISION_BY_ZERO', place: { node: 'orders', split: 'orders/3', offset: 11 } }),
    );
    expect(counters.snapshot()).toEqual({});
    // What was collected before the failure is gone: a later run starts from nothing.
    expect(values(interpreter.run(batch, 0, 1, counters)[0])).toEqual([{ id: 'a', count: 1 }]);
    expect(counters.snapshot()).toEqual({ orders: { in: 1, out: 1 } });
  });

  it('to decode goes to "error" with the raw bytes', () => {
    const { rows, counters } = run(single([doubled], { ports: { out: [0], error: [1] } }), [{ key: 'k', value: '{' }], {
      exits: [objects, objects],
    });
    expect(values(rows[1])).toEqual([new Uint8Array(Buffer.from('{'))]);
    expect(rows[1]?.columns.keys).toEqual({ kind: 'objects', items: [new Uint8Array(Buffer.from('k'))] });
    expect(rows[1]?.failures).toMatchObject([
      { node: 'orders', stage: 'decode', code: 'NOT_DECODABLE', source: 'orders', offset: 10, attempts: 1 },
    ]);
    expect(counters).toEqual({ orders: { in: 1, error: 1 } });
  });

  it('of a step of the source goes to "error" with the raw bytes, too', () => {
    const ops: StageOp[] = [{ op: 'timestamp', at: cel('millis(-1)') }];
    const { rows } = run(single(ops, { ports: { out: [0], error: [1] } }), [{ key: 'k', value: raw }], {
      exits: [objects, objects],
    });
    expect(values(rows[1])).toEqual([new Uint8Array(Buffer.from(raw))]);
    const letter = run(single(ops, { ports: { error: [1] } }), [{ key: 'k', value: raw }], {
      exits: [objects, letters],
    });
    expect(values(letter.rows[1])).toEqual([raw]);
  });

  it('is routed by its kind where the node says so', () => {
    const ops: StageOp[] = [{ op: 'filter', where: cel('1 / count > 0'), dropped: 'dropped' }];
    const stage = single(ops, { onErrorOf: { decode: { exit: 1 }, process: 'skip' } });
    const { rows, counters } = run(stage, [{ value: '{' }, { value: '{"id":"b","count":0}' }, { value: raw }], {
      exits: [objects, letters],
    });
    expect(values(rows[0])).toEqual([{ id: 'a', count: 1 }]);
    expect(values(rows[1])).toEqual(['{']);
    expect(counters).toEqual({ orders: { in: 3, out: 1, skipped: 1, deadLetter: 1 } });
  });

  it('of an encoder is one of delivery and carries the record that came into the node', () => {
    const refuse = (): never => {
      throw Object.assign(new Error('no'), { code: 'NOT_ENCODABLE' });
    };
    const stage = single([doubled], { ports: { out: [0], error: [1] } });
    const setup = { exits: [{ kind: 'encoded' as const, key: null, value: refuse }, objects] };
    const { rows, counters } = run(stage, [{ value: raw }], setup, true);
    expect(values(rows[1])).toEqual([{ id: 'a', count: 1 }]);
    expect(rows[1]?.failures).toMatchObject([{ stage: 'deliver', code: 'NOT_ENCODABLE' }]);
    expect(counters).toEqual({ orders: { in: 1, error: 1 } });
  });

  it('of a null value is one of decoding where the source takes no deletions', () => {
    const setup = { exits: [objects, letters], tombstones: false };
    const { rows } = run(single([], { onError: { exit: 1 } }), [{ key: 'k', value: null }], setup);
    expect(headers(rows[1])).toMatchObject({
      '__headrace.errors.code': 'VALUE_MISSING',
      '__headrace.errors.stage': 'decode',
    });
    expect(values(run(single([]), [{ key: 'k', value: null }], { exits: [objects, letters] }).rows[0])).toEqual([null]);
  });

  it('that came in is in scope as "error" and travels on', () => {
    const failure: Failure = {
      node: 'x',
      stage: 'process',
      code: 'BAD',
      message: 'm',
      source: 'orders',
      split: 's',
      offset: 1,
      timestamp: 2,
      attempts: 3,
    };
    const where = cel('error.code == "BAD" && error.attempts == 3', edgeOf(order, 'error'));
    const { rows } = run(single([{ op: 'filter', where, dropped: 'dropped' }]), [{ value: raw, failure }], {});
    expect(rows[0]?.failures).toEqual([failure]);
  });
});

describe('rows of one record', () => {
  it('get numbers that no other row of the record has, across stages', () => {
    const stage: Stage = {
      head: 'a',
      exits: 1,
      nodes: {
        a: { ops: [], ports: { out: [0, 'b'] }, onError: 'fail' },
        b: { ops: [], ports: { out: [0] }, onError: 'fail' },
      },
    };
    const { rows } = run(
      stage,
      [
        { value: raw, ordinal: 0 },
        { value: raw, ordinal: 1 },
        { value: raw, ordinal: 4 },
      ],
      {},
    );
    expect([...(rows[0]?.columns.offsets ?? [])]).toEqual([10, 10, 10, 10, 10, 10]);
    expect([...(rows[0]?.ordinals ?? [])]).toEqual([0, 1, 2, 3, 8, 9]);
  });
});

describe('a projection', () => {
  it('sees nothing but the incoming record, whatever it sets', () => {
    const op = project(
      order,
      [
        ['id', cel('string(record.timestamp) + string(record.key) + headers["h"]')],
        ['count', cel('count')],
      ],
      {
        key: cel('id'),
        timestamp: cel('record.timestamp + duration("1s")'),
        headers: [['h', cel('string(record.key)')]],
      },
    );
    const given = [{ key: 'k', value: raw, headers: [{ name: 'h', value: Buffer.from('old') }] }];
    const { rows } = run(single([op]), given, {});
    expect(values(rows[0])).toEqual([{ id: '1970-01-01T00:00:01Zkold', count: 1 }]);
    expect(rows[0]?.columns.keys).toEqual({ kind: 'objects', items: ['a'] });
    expect(rows[0]?.columns.timestamps[0]).toBe(2000);
    expect(headers(rows[0])).toEqual({ h: 'k' });
    expect(headersAt(rows[0]?.columns.headers as Columns['headers'], 0)).toHaveLength(2);
  });

  it('lets names stand for expressions, each for those after it', () => {
    const op: StageOp = {
      op: 'project',
      let: [
        ['twice', cel('count * 2')],
        ['more', cel('twice + 1', edgeOf(order), { twice: { kind: 'int' } })],
      ],
      fields: [
        ['id', { copy: ['id'] }],
        ['count', cel('more', edgeOf(order), { more: { kind: 'int' } })],
      ],
      output: order,
    };
    expect(values(run(single([op]), [{ value: raw }], {}).rows[0])).toEqual([{ id: 'a', count: 3 }]);
  });

  it('passes on the other fields of a value without a schema', () => {
    const open = edgeOf(dynamic);
    const op: StageOp = {
      op: 'project',
      let: [],
      fields: [
        ['n', cel('int(a) + 1', open)],
        ['z', { copy: ['none'] }],
      ],
      rest: ['b'],
      output: dynamic,
    };
    const { rows } = run(single([op]), [{ value: '{"a":1,"b":2,"n":0,"c":[3]}' }], {});
    expect(values(rows[0])).toEqual([{ a: 1, c: [3], n: 2 }]);
    const failed = run(single([op], { onError: 'skip' }), [{ value: '"text"' }], {});
    expect(failed.counters).toEqual({ orders: { in: 1, skipped: 1 } });
  });

  it('fills what is not listed with its default', () => {
    const output = parseSchema({
      type: 'record',
      name: 'O',
      fields: [
        { name: 'id', type: 'string' },
        { name: 'level', type: 'int', default: 7 },
      ],
    });
    expect(values(run(single([project(output, [['id', cel('id')]])]), [{ value: raw }], {}).rows[0])).toEqual([
      { id: 'a', level: 7 },
    ]);
  });

  it('keeps records that an expression takes whole apart from those that follow', () => {
    const output = parseSchema({ type: 'record', name: 'O', fields: [{ name: 'at', type: 'long' }] });
    const whole = cel('record', edgeOf(order));
    const op: StageOp = {
      op: 'project',
      let: [['all', whole]],
      fields: [['at', cel('all.offset', edgeOf(order), { all: whole.type })]],
      output,
    };
    expect(values(run(single([op]), [{ value: raw }, { value: raw }], {}).rows[0])).toEqual([{ at: 10 }, { at: 11 }]);
    const kept = run(single([{ op: 'key', by: whole, null: null }]), [{ value: raw }, { value: raw }], {}).rows[0]
      ?.columns.keys;
    expect(kept).toMatchObject({
      items: [
        { offset: 10, topic: 'orders' },
        { offset: 11, partition: 3 },
      ],
    });
  });
});

describe('the other steps', () => {
  it('refuse a timestamp that is none, and cut it to milliseconds', () => {
    const at = (expression: string) =>
      run(single([{ op: 'timestamp', at: cel(expression) }], { onError: 'skip' }), [{ value: raw }], {});
    expect(at('micros(1500)').rows[0]?.columns.timestamps[0]).toBe(1);
    expect(at('millis(-1)').counters).toEqual({ orders: { in: 1, skipped: 1 } });
  });

  it('write headers as text, and bytes as they are', () => {
    const set: [string, Expression][] = [
      ['int', cel('count')],
      ['bool', cel('count == 1')],
      ['time', cel('record.timestamp')],
      ['none', cel('record.headers["none"]')],
      ['bytes', cel('b"xy"')],
    ];
    const { rows } = run(single([{ op: 'headers', set }]), [{ value: raw }], {});
    expect(headers(rows[0])).toEqual({
      int: '1',
      bool: 'true',
      time: '1970-01-01T00:00:01.000Z',
      none: null,
      bytes: 'xy',
    });
  });

  it('make a record of several fields the key, and send null keys away as they came', () => {
    const pair: StageOp = {
      op: 'key',
      by: {
        record: [
          ['id', { copy: ['id'] }],
          ['big', cel('count > 5')],
        ],
      },
      null: 'dropped',
    };
    expect(run(single([pair]), [{ value: raw }], {}).rows[0]?.columns.keys).toEqual({
      kind: 'objects',
      items: [{ id: 'a', big: false }],
    });
    const none: StageOp = { op: 'key', by: cel('count > 5 ? id : null'), null: 'dropped' };
    const { rows, counters } = run(single([none], { ports: { out: [0], dropped: [1] } }), [{ key: 'k', value: raw }], {
      exits: [objects, objects],
    });
    expect(rows[1]?.columns.keys).toEqual({ kind: 'objects', items: ['k'] });
    expect(counters).toEqual({ orders: { in: 1, dropped: 1 } });
  });

  it('run on decoded values as they come from another stage', () => {
    expect(values(run(single([doubled]), [{ value: raw }], {}, true).rows[0])).toEqual([{ id: 'a', count: 2 }]);
  });
});
