import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { evaluateExpression } from '../../packages/cli/src/verbs/eval.ts';

const workspace = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
let schema: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-eval-'));
  schema = path.join(folder, 'order.avsc');
  const address = { type: 'record', name: 'Address', fields: [{ name: 'city', type: 'string' }] };
  const fields = [
    { name: 'id', type: 'long' },
    { name: 'amount', type: 'double' },
    { name: 'quantity', type: 'int' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'address', type: ['null', address], default: null },
    { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
    { name: 'placedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ];
  writeFileSync(schema, JSON.stringify({ type: 'record', name: 'Order', fields }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const record = JSON.stringify({
  id: 7,
  amount: 2.5,
  quantity: 4,
  address: { city: 'Ulm' },
  tags: ['a'],
  placedAt: '2026-01-31T09:30:00Z',
});

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

// The command in a process of its own.
function command(args: readonly string[], input = ''): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/headrace.mjs', 'eval', ...args], {
    cwd: workspace,
    input,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

// The verb alone, in this process: a start of the command takes a second.
function headrace([expression, ...args]: readonly string[]): Run {
  const option = (name: string): string | undefined => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const [schemaFile, recordText] = [option('--schema'), option('--record')];
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      written[stream] += String(chunk);
      return true;
    }),
  );
  try {
    const code = evaluateExpression(expression!, {
      ...(schemaFile === undefined ? {} : { schema: schemaFile }),
      ...(recordText === undefined ? {} : { record: recordText }),
      json: args.includes('--json'),
      code: args.includes('--code'),
    });
    return { code, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const json = (...args: string[]): { code: number | null; printed: unknown } => {
  const { code, stdout } = headrace([...args, '--json']);
  return { code, printed: JSON.parse(stdout) as unknown };
};

describe('headrace eval', () => {
  it('prints value, type and paths', () => {
    const { code, stdout, stderr } = headrace(['amount * double(quantity)', '--schema', schema, '--record', record]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'value  10\ntype   double\npaths  amount, quantity\n',
      stderr: '',
    });
  });

  it.each([
    ['[id, 9007199254740993]', '[7,9007199254740993]', 'list(int)', ['id']],
    ['note', 'null', 'string?', ['note']],
    ['placedAt', '"2026-01-31T09:30:00Z"', 'timestamp', ['placedAt']],
    ['duration("90s")', '"90s"', 'duration', []],
    ['address', '{"city":"Ulm"}', 'Address?', ['address']],
    ['address != null && address.city == "Ulm"', 'true', 'bool', ['address.city']],
    ['b"\\xff"', '"/w=="', 'bytes', []],
    ['0.0 / 0.0', '"NaN"', 'double', []],
    ['[-0.0, 0.0]', '[-0,0]', 'list(double)', []],
    ['{"a": tags}', '{"a":["a"]}', 'map(string, list(string))', ['tags']],
  ] as const)('prints %s for machines', (expression, value, type, paths) => {
    const { code, stdout } = headrace([expression, '--schema', schema, '--record', record, '--json']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `{"value":${value},"type":"${type}","paths":${JSON.stringify(paths)}}\n`,
    });
  });

  it('points at what the checker refuses, all at once, and exits 2', () => {
    const { code, stdout, stderr } = headrace(['amout > 1.0 && quantity * 2.0 > 1.0', '--schema', schema]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('1:1 error UNKNOWN_NAME  name "amout" does not exist. Did you mean "amount"?');
    expect(stderr).toContain('  amout > 1.0 && quantity * 2.0 > 1.0\n  ^^^^^\n');
    expect(stderr).toContain('                 ^^^^^^^^\n');
    expect(json('amout > 1.0', '--schema', schema)).toEqual({
      code: 2,
      printed: { errors: [{ code: 'UNKNOWN_NAME', message: 'name "amout" does not exist.', start: 0, end: 5 }] },
    });
  });

  it('points at what fails at run time, and exits 1', () => {
    expect(json('1 + quantity / (quantity - 4)', '--schema', schema, '--record', record)).toEqual({
      code: 1,
      printed: { errors: [{ code: 'DIVISION_BY_ZERO', message: 'division by zero.', start: 4, end: 29 }] },
    });
    const { code, stderr } = headrace(['1 / 0']);
    expect(code).toBe(1);
    expect(stderr).toBe('1:1 error DIVISION_BY_ZERO  division by zero.\n  1 / 0\n  ^^^^^\n');
  });

  it('points at the whole expression where its value has no text, and below tabs', () => {
    const late = record.replace('"2026-01-31T09:30:00Z"', '999999999999999');
    expect(json('[placedAt]', '--schema', schema, '--record', late)).toMatchObject({
      code: 1,
      printed: { errors: [{ code: 'TIMESTAMP_OUT_OF_RANGE', start: 0, end: 10 }] },
    });
    expect(json('placedAt', '--schema', schema, '--record', late)).toMatchObject({
      printed: { errors: [{ start: 0, end: 8 }] },
    });
    expect(headrace(['\t"a" +\tnope', '--schema', schema]).stderr).toContain('\n  \t     \t^^^^\n');
  });

  it('reads the expression from standard input, over several lines', () => {
    const { code, stderr } = command(['-', '--schema', schema], 'amount > 1.0\n  && nope\n');
    expect(code).toBe(2);
    expect(stderr).toContain('2:6 error UNKNOWN_NAME');
    expect(stderr).toContain('\n    && nope\n       ^^^^\n');
    expect(command(['-', '--json'], '1 + 2\n').stdout).toBe('{"value":3,"type":"int","paths":[]}\n');
  });

  it('knows the names of a record without a schema, as dyn', () => {
    expect(json('n + 1', '--record', '{"n": 2}')).toEqual({
      code: 0,
      printed: { value: 3, type: 'dyn', paths: ['n'] },
    });
    expect(json('m + 1', '--record', '{"n": 2}')).toMatchObject({
      code: 2,
      printed: { errors: [{ code: 'UNKNOWN_NAME' }] },
    });
    expect(json('n.a', '--record', '{"n": null}')).toMatchObject({
      code: 1,
      printed: { errors: [{ code: 'NULL_OPERAND' }] },
    });
  });

  it('has no value without a record, but for constants', () => {
    expect(json('amount > 1.0', '--schema', schema)).toEqual({
      code: 0,
      printed: { type: 'bool', paths: ['amount'] },
    });
    expect(json('anything.at == "all"')).toEqual({ code: 0, printed: { type: 'bool', paths: ['anything'] } });
    expect(json('1 < 2')).toEqual({ code: 0, printed: { value: true, type: 'bool', paths: [] } });
  });

  it('shows the code', () => {
    const { code, stdout } = headrace(['amount > 1.0', '--schema', schema, '--code']);
    expect(code).toBe(0);
    expect(stdout).toContain('return function evaluate$1(scope$1) {');
    expect(stdout).toContain('> 1');
  });

  it.each([
    ['a schema that is not there', ['1', '--schema', 'nowhere.avsc']],
    ['a record that is no JSON', ['1', '--record', '{']],
  ])('refuses %s with exit code 2', (_, args) => {
    const { code, printed } = json(...args);
    expect(code).toBe(2);
    expect(printed).toMatchObject({ errors: [{ code: expect.any(String) as string, start: null, end: null }] });
  });

  it('refuses a record that does not fit the schema', () => {
    const { code, stderr } = headrace(['id', '--schema', schema, '--record', '{"id": "x"}']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error [A-Z_]+ {2}/);
  });
});
