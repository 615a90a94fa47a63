import { defineCodec, defineOperator, type Component } from '@headrace/core';
import { Type } from 'typebox';

const none = Type.Object({}, { additionalProperties: false });
const plain = { key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] } as const;

/** Components as they should not be. */
export const foreignComponents: readonly Component[] = [
  defineOperator({
    type: 'brittle',
    summary: 'Throws while it is checked.',
    options: none,
    examples: [],
    ports: () => [{ port: 'out', quiet: false }],
    infer: () => {
      throw new TypeError('x is not a function');
    },
    traits: () => plain,
  }),
  defineOperator({
    type: 'portless',
    summary: 'Forgets the type of a port.',
    options: none,
    examples: [],
    ports: () => ['out', 'lost'].map((port) => ({ port, quiet: port === 'lost' })),
    infer: (_options, input) => ({ out: input }),
    traits: () => plain,
  }),
  defineCodec({
    type: 'careless',
    summary: 'Writes whatever comes as numbers.',
    options: none,
    examples: [],
    reads: () => ({ kind: 'int' }),
    writes: () => ({ kind: 'int' }),
    decoder: () => () => 0,
    encoder: () => () => new Uint8Array(),
  }),
];
