import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInComponents, checkTopology, createRegistry } from '@headrace/core';
import { drive, order, orders, sink, values } from './drive.ts';
import { watched } from './functions.ts';

const use = (name: string, returns?: string) => ({
  $use: `./functions.ts#${name}`,
  ...(returns !== undefined && { returns }),
});

function findingsOf(operator: object): string[] {
  const { findings } = checkTopology(
    {
      file: path.join(import.meta.dirname, 'topology.json'),
      text: JSON.stringify({
        headrace: 1,
        name: 'checked',
        sources: { in: orders() },
        operators: { op: { input: 'in', ...operator } },
        sinks: { out: sink('op') },
      }),
    },
    {
      registry: createRegistry(builtInComponents),
      readFile: (file) => {
        if (!file.endsWith('functions.ts')) throw new Error('no such file');
        // Nothing of it is ever run here.
        return 'throw new Error("was run")';
      },
      env: {},
      set: {},
      purpose: 'validate',
    },
  );
  return findings.map(({ code, path: at }) => `${code} ${at}`);
}

describe('functions of the author', () => {
  it('decide, compute fields, keys and headers, each called with the value and the record', async () => {
    const driver = await drive({
      operators: {
        large: { type: 'filter', input: 'in', where: use('isLarge') },
        halved: { type: 'map', input: 'large', set: { half: use('half', 'double') }, headers: { id: use('keyOf') } },
        keyed: { type: 'keyBy', input: 'halved', by: use('keyOf', 'string') },
      },
      sinks: { out: sink('keyed'), small: sink('large.dropped') },
    });
    await driver.send('in', [{ value: { id: 'a', amount: 30 } }, { value: { id: 'b', amount: 1 } }]);
    await driver.settle();
    const [record] = driver.read('out');
    expect(record).toMatchObject({ value: { id: 'a', amount: 30, half: 15 }, headers: { id: 'a@0' } });
    expect(values(driver, 'small')).toEqual([{ id: 'b', amount: 1 }]);
    await driver.stop();
  });

  it('make whole records, looked at by "output"', async () => {
    const output = { type: 'record', name: 'Priced', fields: [{ name: 'total', type: 'double' }] };
    const driver = await drive({
      operators: {
        priced: { type: 'map', input: 'in', ...use('priced'), output },
        wrong: { type: 'map', input: 'in', ...use('wrongType'), output },
      },
      sinks: { out: sink('priced'), none: sink('wrong'), failed: sink('wrong.error') },
    });
    await driver.send('in', { value: { id: 'a', amount: 2 } });
    await driver.settle();
    expect(values(driver, 'out')).toEqual([{ total: 4 }]);
    expect(values(driver, 'none')).toEqual([]);
    expect(values(driver, 'failed')).toEqual([{ id: 'a', amount: 2 }]);
    await driver.stop();
  });

  it('fail the record where they return a promise, something of another type, or read a record that is gone', async () => {
    const driver = await drive({
      operators: {
        promised: { type: 'filter', input: 'in', where: use('promised') },
        typed: { type: 'map', input: 'in', set: { n: use('wrongType', 'double') } },
        late: { type: 'filter', input: 'in', where: use('readsLate') },
        why: {
          type: 'map',
          input: ['promised.error', 'typed.error', 'late.error'],
          select: { node: 'error.node', code: 'error.code' },
        },
      },
      sinks: {
        out: sink('why'),
        rest: { type: 'drop', input: ['promised', 'late'] },
        numbers: { type: 'drop', input: 'typed' },
      },
    });
    await driver.send('in', [{ value: { id: 'a', amount: 1 } }, { value: { id: 'b', amount: 1 } }]);
    await driver.settle();
    const why = (node: string, code: string) => ({ node, code });
    expect(values(driver, 'out')).toEqual([
      why('promised', 'FUNCTION_IS_ASYNC'),
      why('typed', 'VALUE_OUT_OF_RANGE'),
      why('promised', 'FUNCTION_IS_ASYNC'),
      why('typed', 'VALUE_OUT_OF_RANGE'),
      why('late', 'RECORD_VIEW_EXPIRED'),
    ]);
    await driver.stop();
  });

  it('watch records without changing them', async () => {
    const driver = await drive({
      operators: { seen: { type: 'peek', input: 'in', ...use('watch') } },
      sinks: { out: sink('seen') },
    });
    await driver.send('in', { value: { id: 'a', amount: 1 }, headers: { h: 'x' } });
    await driver.settle();
    expect(watched).toEqual(['a {"h":"x"}']);
    expect(values(driver, 'out')).toEqual([{ id: 'a', amount: 1 }]);
    await driver.stop();
  });

  it('make any number of records for the ports of a process', async () => {
    const driver = await drive({
      operators: {
        unit: { type: 'process', input: 'in', ...use('units'), output: order, ports: { none: 'string' } },
      },
      sinks: { out: sink('unit'), none: sink('unit.none'), failed: sink('unit.error') },
    });
    await driver.send('in', [
      { value: { id: 'a', amount: 2 } },
      { value: { id: 'b', amount: 0 } },
      { value: { id: 'c', amount: -1 } },
    ]);
    await driver.settle();
    expect(values(driver, 'out')).toEqual([
      { id: 'a', amount: 0 },
      { id: 'a', amount: 1 },
    ]);
    expect(driver.read('none')).toMatchObject([{ value: 'b', headers: { why: 'nothing' } }]);
    expect(values(driver, 'failed')).toEqual([{ id: 'c', amount: -1 }]);
    await driver.stop();
  });

  it.each([
    [{ type: 'filter', where: use('isLarge') }, []],
    [{ type: 'filter', where: { $use: 'isLarge' } }, ['WRONG_TYPE operators.op.where.$use']],
    [{ type: 'filter', where: { $use: '../a.ts#isLarge' } }, ['PATH_OUTSIDE operators.op.where.$use']],
    [{ type: 'filter', where: { $use: './other.ts#isLarge' } }, ['FILE_NOT_FOUND operators.op.where.$use']],
    [{ type: 'filter', where: use('isLarge', 'string') }, ['EXPRESSION_TYPE operators.op.where.returns']],
    [{ type: 'filter', where: { ...use('isLarge'), retuns: 'string' } }, ['UNKNOWN_KEY operators.op.where.retuns']],
    [{ type: 'map', set: { n: use('half') } }, ['OUTPUT_SCHEMA_NEEDED operators.op.set.n']],
    [{ type: 'map', set: { n: use('half', 'double') } }, []],
    [{ type: 'map', ...use('priced') }, ['OUTPUT_SCHEMA_NEEDED operators.op.$use']],
    [{ type: 'map', ...use('priced'), output: order, set: { n: '1' } }, ['OPTIONS_CONFLICT operators.op.set']],
    [{ type: 'keyBy', by: use('keyOf') }, ['OUTPUT_SCHEMA_NEEDED operators.op.by']],
    [{ type: 'process', ...use('units') }, ['OUTPUT_SCHEMA_NEEDED operators.op.$use']],
    [{ type: 'peek', log: 'info', ...use('watch') }, ['OPTIONS_CONFLICT operators.op.log']],
  ])('are checked without being run: %j', (operator, findings) => {
    expect(findingsOf(operator)).toEqual(findings);
  });

  it('that are not there end the start', async () => {
    const failing = (name: string) =>
      drive({ operators: { op: { type: 'filter', input: 'in', where: use(name) } }, sinks: { out: sink('op') } });
    await expect(failing('nowhere')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    await expect(failing('noFunction')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
  });
});
