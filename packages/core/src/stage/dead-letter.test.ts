import { describe, expect, it } from 'vitest';
import { bytesColumn, type Columns, type Header } from '../record/columns.ts';
import type { Failure } from '../record/failure.ts';
import { TaskBatch } from '../record/task-batch.ts';
import { deadLetterOf, type DeadLetterEncoders } from './dead-letter.ts';
import { StageRow, type RowSource } from './stage-row.ts';

const failure: Failure = {
  node: 'check',
  stage: 'process',
  code: 'DIVISION_BY_ZERO',
  message: 'division by zero.',
  source: 'orders',
  split: 'orders/3',
  offset: 10,
  timestamp: 1000,
  attempts: 1,
};
const from: RowSource = { source: 'orders', split: 'orders/3', topic: 'orders', partition: 3 };
const encoders: DeadLetterEncoders = {
  key: (key) => Buffer.from(String(key)),
  value: (value) => Buffer.from(JSON.stringify(value)),
};
const unable: DeadLetterEncoders = {
  key: null,
  value() {
    throw Object.assign(new Error('no'), { code: 'NOT_ENCODABLE' });
  },
};

/** A row at the head of a stage: raw bytes, and the value that was read from them. */
function rowOf(value: Uint8Array | string, headers: readonly Header[] | null = null, source = from): StageRow {
  const columns: Columns = {
    count: 1,
    offsets: Float64Array.of(10),
    timestamps: Float64Array.of(1000),
    keys: bytesColumn([Buffer.from('k')]),
    values: bytesColumn([Buffer.from(value)]),
    headers: { kind: 'objects', items: [headers] },
  };
  const batch = new TaskBatch(
    { opened: () => {}, closed: () => {} },
    {
      origin: { task: 't', incarnation: 1, source: 'orders', split: 'orders/3' },
      epoch: 1,
      place: 0,
      columns,
      selection: null,
      ordinals: null,
      failures: null,
      bytes: 0,
    },
  );
  const row = new StageRow();
  row.open(batch, source);
  row.turnTo(0);
  row.enter('k', { id: 'a' });
  row.failure = failure;
  return row;
}

const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString());
const headersOf = (headers: readonly Header[] | null): Record<string, string | null> =>
  Object.fromEntries((headers ?? []).map(({ name, value }) => [name, text(value)]));

describe('deadLetterOf', () => {
  it('keeps the bytes as they came in while no node has changed the value, and the headers', () => {
    const row = rowOf('{ "id": "a" }', [{ name: 'h', value: Buffer.from('1') }]);
    const letter = deadLetterOf(row, unable, 'bytes', 'shop');
    expect([text(letter.key), text(letter.value)]).toEqual(['k', '{ "id": "a" }']);
    expect(headersOf(letter.headers)).toEqual({
      h: '1',
      '__headrace.errors.version': '1',
      '__headrace.errors.topology': 'shop',
      '__headrace.errors.node': 'check',
      '__headrace.errors.stage': 'process',
      '__headrace.errors.code': 'DIVISION_BY_ZERO',
      '__headrace.errors.message': 'division by zero.',
      '__headrace.errors.source': 'orders',
      '__headrace.errors.split': 'orders/3',
      '__headrace.errors.position': '10',
      '__headrace.errors.topic': 'orders',
      '__headrace.errors.partition': '3',
      '__headrace.errors.offset': '10',
      '__headrace.errors.timestamp': '1000',
      '__headrace.errors.attempts': '1',
    });
  });

  it('encodes what a node has changed', () => {
    const row = rowOf('{ "id": "a" }');
    row.value = { id: 'b' };
    row.key = 'other';
    const letter = deadLetterOf(row, encoders, 'bytes', 'shop');
    expect([text(letter.key), text(letter.value)]).toEqual(['other', '{"id":"b"}']);
  });

  it('says so where something cannot be written, and names no topic where there is none', () => {
    const row = rowOf('{ "id": "a" }', null, { ...from, topic: null, partition: null });
    row.value = { id: 'b' };
    row.key = 'other';
    const letter = deadLetterOf(row, unable, 'bytes', 'shop');
    expect([letter.key, letter.value]).toEqual([null, null]);
    const headers = headersOf(letter.headers);
    expect(headers['__headrace.errors.message']).toBe(
      'division by zero. Its key is left out: nothing says how to write it. Its value is left out: it could not be written (NOT_ENCODABLE).',
    );
    expect(headers).not.toHaveProperty(['__headrace.errors.topic']);
    expect(headers).not.toHaveProperty(['__headrace.errors.partition']);
  });

  it('puts all of it into one JSON value as an envelope', () => {
    const row = rowOf('{ "id": "a" }', [
      { name: '__proto__', value: Buffer.from('1') },
      { name: 'n', value: null },
      { name: 'n', value: Buffer.from('2') },
    ]);
    const letter = deadLetterOf(row, encoders, 'envelope', 'shop');
    const envelope = JSON.parse(text(letter.value) as string);
    expect(envelope).toMatchObject({
      key: 'k',
      value: '{ "id": "a" }',
      error: { topology: 'shop', code: 'DIVISION_BY_ZERO', offset: 10, partition: 3 },
    });
    expect(Object.entries(envelope.headers)).toEqual([
      ['__proto__', '1'],
      ['n', [null, '2']],
    ]);
    expect(letter.headers).toBeNull();
  });

  it('writes bytes that are no text in base64', () => {
    const row = rowOf(Uint8Array.of(0xff), [{ name: 'b', value: Uint8Array.of(0xfe) }]);
    const envelope = JSON.parse(text(deadLetterOf(row, encoders, 'envelope', 'shop').value) as string);
    expect(envelope).toMatchObject({ value: { base64: '/w==' }, headers: { b: { base64: '/g==' } } });
  });
});
