import { parseSchema } from '@headrace/avro';
import { check, formatType, type CelType } from '@headrace/cel';
import { describe, expect, it } from 'vitest';
import { celEnvironment } from './cel-environment.ts';
import { dynamic, type EdgeType } from './edge-type.ts';

const edge: EdgeType = {
  key: { kind: 'string' },
  value: parseSchema({
    type: 'record',
    name: 'Order',
    fields: [
      { name: 'amount', type: 'double' },
      { name: 'timestamp', type: 'long' },
      { name: 'error', type: ['null', 'string'], default: null },
    ],
  }),
  kind: 'stream',
  tombstones: false,
  partitionedBy: 'unknown',
  ordered: true,
  scope: 'record',
};
const parameters = new Map<string, CelType>([['minAmount', { kind: 'double' }]]);

function typeOf(text: string, at: EdgeType = edge, variables?: ReadonlyMap<string, CelType>): string {
  const { checked, issues } = check(text, celEnvironment(at, parameters, variables));
  return checked === null ? issues.map((issue) => issue.code).join() : formatType(checked.type);
}

describe('celEnvironment', () => {
  it.each([
    ['amount > params.minAmount', 'bool'],
    ['record.value.amount', 'double'],
    ['record.key', 'string?'],
    ['record.timestamp', 'timestamp'],
    ['record.value.timestamp', 'int'],
    ['record.headers["x"]', 'string?'],
    ['record.headerBytes["x"]', 'bytes?'],
    ['record.topic', 'string?'],
    ['record.partition', 'int?'],
    ['offset', 'int'],
    ['key', 'string?'],
    ['headers["x"]', 'string?'],
    ['value.amount', 'double'],
    ['error', 'string?'],
    ['amout', 'UNKNOWN_NAME'],
    ['params.max', 'UNKNOWN_FIELD'],
  ])('types %s as %s', (text, type) => {
    expect(typeOf(text)).toBe(type);
  });

  it('refuses a short form that is a field as well, with both spellings', () => {
    const { issues } = check('timestamp', celEnvironment(edge, parameters));
    expect(issues).toMatchObject([{ code: 'AMBIGUOUS_NAME' }]);
    expect(issues[0]?.message).toContain('"record.timestamp" or "record.value.timestamp"');
  });

  it('puts the failure in scope on an error port', () => {
    expect(typeOf('error.code', { ...edge, scope: 'error' })).toBe('string');
    expect(typeOf('error.attempts', { ...edge, scope: 'error' })).toBe('int');
    expect(typeOf('record.value.error', { ...edge, scope: 'error' })).toBe('string?');
  });

  it('takes every other name for a field of a dynamic value', () => {
    const open = { ...edge, value: dynamic };
    expect(typeOf('status', open)).toBe('dyn');
    expect(typeOf('duration', open)).toBe('dyn');
    expect(typeOf('timestamp', open)).toBe('timestamp');
    expect(typeOf('type(amount) == int', open)).toBe('bool');
  });

  it('lets variables hide all other names', () => {
    expect(typeOf('amount', edge, new Map([['amount', { kind: 'string' }]]))).toBe('string');
    expect(typeOf('timestamp', edge, new Map([['timestamp', { kind: 'string' }]]))).toBe('string');
  });
});
