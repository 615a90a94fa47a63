import { builtInComponents, createRegistry } from '@headrace/core';
import { expect, it } from 'vitest';
import { runOperator } from './run-operator.ts';

const registry = createRegistry(builtInComponents);
const schema = { type: 'record', name: 'Reading', fields: [{ name: 'n', type: 'int' }] };

it('tries an operator from its options alone', async () => {
  const node = { type: 'filter', where: 'n > 1' };
  const left = await runOperator({ node, schema, values: [{ n: 1 }, { n: 2 }], registry });
  expect(left).toEqual({ out: [{ n: 2 }], dropped: [{ n: 1 }], error: [] });
});

it('gives what failed at the error port, and takes values without a schema', async () => {
  const node = { type: 'map', set: { half: '4 / int(n)' } };
  const left = await runOperator({ node, values: [{ n: 0 }, { n: 2 }], registry });
  expect(left).toMatchObject({ out: [{ n: 2, half: 2 }], error: [{ n: 0 }] });
});

it('says what is wrong with the options', async () => {
  const node = { type: 'filter', where: 'm > 1' };
  await expect(runOperator({ node, schema, values: [], registry })).rejects.toMatchObject({ code: 'INVALID_TOPOLOGY' });
});
