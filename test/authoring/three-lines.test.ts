import { builtInComponents, createRegistry } from '@headrace/core';
import { runOperator } from '@headrace/testing';
import { expect, it } from 'vitest';
import { between } from './between.ts';

const registry = createRegistry([...builtInComponents, between]);

it('passes what lies between, and fails what is no number', async () => {
  const node = { type: 'between', of: 'celsius', from: -40, to: 50 };
  const left = await runOperator({ node, values: [{ celsius: 20 }, { celsius: 99 }, { celsius: 'x' }], registry });
  expect(left).toMatchObject({
    out: [{ celsius: 20 }],
    outside: [{ celsius: 99 }],
    error: [{ value: { celsius: 'x' } }],
  });
});
