// The word "then" is one of the format.
/* oxlint-disable unicorn/no-thenable */
import { builtInComponents, createRegistry, defineOperator, type RecordBatch, type RxFunction } from '@headrace/core';
import { concatMap, from, mergeMap, of, timer } from 'rxjs';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { runOperator, runOperatorRecords } from './run-operator.ts';

const registry = createRegistry(builtInComponents);
const schema = { type: 'record', name: 'Reading', fields: [{ name: 'n', type: 'int' }] };

describe('an operator by itself', () => {
  it('is tried from its options alone', async () => {
    const node = { type: 'filter', where: 'n > 1' };
    const left = await runOperator({ node, schema, values: [{ n: 1 }, { n: 2 }], registry });
    expect(left).toEqual({ out: [{ n: 2 }], dropped: [{ n: 1 }], error: [] });
  });

  it('gives what failed with its code, and takes values without a schema', async () => {
    const node = { type: 'map', set: { half: '4 / int(n)' } };
    const left = await runOperator({ node, values: [{ n: 0 }, { n: 2 }], registry });
    expect(left).toMatchObject({
      out: [{ n: 2, half: 2 }],
      error: [{ value: { n: 0 }, code: 'DIVISION_BY_ZERO', message: expect.stringMatching(/zero/) }],
    });
  });

  it('gives each port its own, also where there is no default one', async () => {
    const node = { type: 'branch', cases: [{ port: 'small', where: 'n < 2' }] };
    const left = await runOperator({ node, schema, values: [{ n: 1 }, { n: 2 }], registry });
    expect(left).toEqual({ small: [{ n: 1 }], unmatched: [{ n: 2 }], error: [] });
  });

  it('gives and takes whole records, with keys, headers and times', async () => {
    const node = { type: 'map', keyBy: 'n', headers: { was: 'record.key' }, set: { n: 'n + 1' } };
    const records = [{ key: 'a', value: { n: 1 }, headers: { h: 'x' }, timestamp: 5 }];
    const { out } = await runOperatorRecords({ node, schema, records, registry });
    expect(out).toEqual([{ key: 1, value: { n: 2 }, headers: { h: 'x', was: 'a' }, timestamp: 5, partition: 0 }]);
    expect(out?.[0]).toMatchObject({ offset: 0, failure: null });
  });

  it('passes tombstones', async () => {
    const left = await runOperatorRecords({
      node: { type: 'filter', where: 'n > 1' },
      schema,
      records: [{ key: 'a', value: null }],
      registry,
    });
    expect(left['out']).toMatchObject([{ key: 'a', value: null }]);
  });

  it('that asks is answered by mocks, which may fail', async () => {
    const left = await runOperator({
      node: {
        type: 'lookup',
        as: 'name',
        returns: 'string',
        http: { url: "'http://127.0.0.1:9/' + string(n)" },
        retry: { attempts: 1 },
      },
      mocks: [{ when: 'n == 1', then: 'one' }, { otherwise: { $error: 'timeout' } }],
      schema,
      values: [{ n: 1 }, { n: 2 }],
      registry,
    });
    expect(left).toMatchObject({ out: [{ n: 1, name: 'one' }], error: [{ value: { n: 2 }, code: 'LOOKUP_FAILED' }] });
  });

  it('runs an asynchronous operator of an author', async () => {
    const later = defineOperator({
      type: 'later',
      summary: 'Passes batches on a little later.',
      options: Type.Object({}, { additionalProperties: false }),
      examples: [{ summary: 'A little', options: {} }],
      ports: () => [{ port: 'out', quiet: false }],
      infer: (_options, input) => ({ out: input }),
      traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
      create: (_options, { clock }) =>
        concatMap((batch: RecordBatch) =>
          from(new Promise<void>((resolve) => void clock.after(5000, resolve))).pipe(
            mergeMap(() => of({ port: 'out', batch })),
          ),
        ),
    });
    const values = [{ n: 1 }, { n: 2 }];
    const left = await runOperator({
      node: { type: 'later' },
      schema,
      values,
      registry: createRegistry([...builtInComponents, later]),
    });
    expect(left).toEqual({ out: values, error: [] });
  });

  it('with an operator of RxJS runs by virtual time', async () => {
    const grouped: RxFunction = ({ scheduler }) =>
      concatMap((batch) => timer(28_000, scheduler).pipe(mergeMap(() => of(batch))));
    const node = { type: 'rx', $use: grouped };
    expect(await runOperator({ node, schema, values: [{ n: 1 }], registry })).toEqual({ out: [{ n: 1 }], error: [] });
  });

  it('loads the functions that it names', async () => {
    const node = { type: 'filter', where: { $use: './run-operator.test.ts#isLarge' } };
    const modules = { load: () => Promise.resolve({ isLarge: ({ n }: { n: number }) => n > 1 }) };
    const trial = { node, schema, values: [{ n: 1 }, { n: 2 }], registry, modules, file: import.meta.filename };
    expect(await runOperator(trial)).toMatchObject({ out: [{ n: 2 }] });
  });

  it('says what is wrong with the options', async () => {
    const node = { type: 'filter', where: 'm > 1' };
    await expect(runOperator({ node, schema, values: [], registry })).rejects.toMatchObject({
      code: 'INVALID_TOPOLOGY',
    });
    await expect(runOperator({ node: { type: 'filtre' }, schema, registry })).rejects.toMatchObject({
      code: 'UNKNOWN_TYPE',
    });
  });
});
