import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CelError } from './cel-error.ts';
import { check } from './check/check.ts';
import { generated } from './emit/generated.ts';
import { interpreter } from './interpret/interpreter.ts';
import type { CelType } from './types/cel-type.ts';
import { formatType } from './types/format-type.ts';
import { nonNull } from './types/non-null.ts';
import { formatDecimal, parseDecimal, type Decimal } from './values/decimal.ts';
import { formatDuration, formatTimestamp, parseTimestamp } from './values/time-text.ts';

const page = readFileSync(new URL('../../../docs/expressions.md', import.meta.url), 'utf8');

const string: CelType = { kind: 'string' };
const address: CelType = {
  kind: 'record',
  name: 'Address',
  fields: new Map<string, CelType>([
    ['city', string],
    ['zip', { kind: 'nullable', of: string }],
  ]),
};
const item: CelType = {
  kind: 'record',
  name: 'Item',
  fields: new Map<string, CelType>([
    ['sku', string],
    ['price', { kind: 'double' }],
  ]),
};

// The record of the guide: the name, the type and the value of each field.
const fields: readonly [string, CelType, unknown][] = [
  ['id', string, 'o-17'],
  ['status', { kind: 'string', symbols: ['NEW', 'PAID'] }, 'PAID'],
  ['amount', { kind: 'double' }, 12.5],
  ['quantity', { kind: 'int' }, 3],
  ['price', { kind: 'decimal' }, parseDecimal('4.20')],
  ['note', { kind: 'nullable', of: string }, null],
  ['address', { kind: 'nullable', of: address }, { city: 'Bonn', zip: null }],
  ['tags', { kind: 'list', element: string }, ['new', 'gift']],
  ['items', { kind: 'list', element: item }, [{ sku: 'a', price: 2 }, { sku: 'b', price: 8.5 }]],
  ['labels', { kind: 'map', key: string, value: string }, { team: 'x' }],
  ['placedAt', { kind: 'timestamp' }, parseTimestamp('2026-01-31T09:30:15.25Z')],
  ['body', string, '{"user": {"name": "Ann", "age": 41}}'],
  ['photo', { kind: 'bytes' }, new Uint8Array([1, 2, 255])],
]; // prettier-ignore

const variables = new Map(fields.map(([name, type]) => [name, type]));
const record = new Map(fields.map(([name, , value]) => [name, value]));

function show(type: CelType, value: unknown): string {
  const known = nonNull(type);
  if ((value ?? null) === null) return 'null';
  switch (known.kind) {
    case 'timestamp':
      return formatTimestamp(value as number);
    case 'duration':
      return formatDuration(value as number);
    case 'decimal':
      return formatDecimal(value as Decimal);
    case 'bytes':
      return `b64 ${Buffer.from(value as Uint8Array).toString('base64')}`;
    case 'double':
      return Number.isInteger(value) ? `${String(value)}.0` : String(value);
    default:
      return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part));
  }
}

// `value : type`, or the code of an error: `! CODE` where the checker refuses it, `!! CODE` where it fails at run time.
function outcome(source: string): string {
  const { checked, issues } = check(source, { variables });
  if (checked === null) return `! ${issues.find(({ severity }) => severity === 'error')?.code}`;
  const run = shown(() => interpreter(checked)((name) => record.get(name)), checked.type);
  expect(shown(() => generated(checked)((name) => record.get(name)), checked.type)).toBe(run);
  return run;
}

function shown(evaluate: () => unknown, type: CelType): string {
  try {
    const value = evaluate();
    return `${show(type, value)} : ${formatType(type)}`;
  } catch (error) {
    if (error instanceof CelError) return `!! ${error.code}`;
    throw error;
  }
}

const blocks = [...page.matchAll(/```cel\n([\s\S]*?)```/g)].map((match) => match[1]!);
const examples = blocks.flatMap((block) =>
  block
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => /^(.*?) +\/\/ (.*)$/.exec(line) ?? [line, line, 'nothing'])
    .map(([, source, result]) => [source!, result!] as const),
);

describe('docs/expressions.md', () => {
  it('has examples, each with its result', () => {
    expect(examples.length).toBeGreaterThan(60);
  });

  it.each(examples)('%s gives %s', (source, result) => {
    expect(outcome(source)).toBe(result);
  });

  it.each(fields)('shows the field %s with its type and value', (name, type, value) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` `));
    expect(row?.split('|').map((cell) => cell.trim().replaceAll('`', ''))).toEqual(['', name, formatType(type), show(type, value), '']);
  });
}); // prettier-ignore
