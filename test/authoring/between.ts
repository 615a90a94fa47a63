import { defineOperator, expressionOption, type EdgeType, Type } from '@headrace/core';

/** Passes on the records whose value of an expression lies between two numbers. */
export const between = defineOperator({
  type: 'between',
  summary: 'Passes on records whose "of" lies between "from" and "to"; the others leave by "outside".',
  options: Type.Object(
    {
      of: expressionOption('A number of the record.'),
      from: Type.Number({ description: 'The least that passes.' }),
      to: Type.Number({ description: 'The most that passes.' }),
    },
    { additionalProperties: false },
  ),
  examples: [{ summary: 'Temperatures that people live in', options: { of: 'celsius', from: -40, to: 50 } }],
  ports: () => [
    { port: 'out', quiet: false },
    { port: 'outside', quiet: true },
  ],
  infer({ of }, input, context) {
    context.expression(['of'], of, input);
    return { out: input, outside: input };
  },
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  lower({ of, from, to }, context) {
    const text = `double(${[of].flat().join(' ')})`;
    const where = `${text} >= double(${from}) && ${text} <= double(${to})`;
    const input = context.inputs[0] as EdgeType;
    return [{ op: 'filter', where: context.expression(['of'], where, input), dropped: 'outside' }];
  },
});
