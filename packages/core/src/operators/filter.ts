import { Type } from 'typebox';
import { defineOperator } from '../component/define.ts';
import { expressionOption } from '../component/option-schemas.ts';
import { soleInput } from './sole-input.ts';

/** Passes on the records for which an expression is true. */
export const filterOperator = defineOperator({
  type: 'filter',
  summary: 'Passes on the records for which an expression is true; the others leave by "dropped".',
  options: Type.Object(
    { where: expressionOption('What must be true of a record. Deletions pass without it being asked.') },
    { additionalProperties: false },
  ),
  examples: [
    { summary: 'Orders that are paid and not small', options: { where: "status == 'PAID' && amount > 10.0" } },
    { summary: 'An expression over two lines', options: { where: ["status == 'PAID'", '  && note != null'] } },
  ],
  ports: () => [
    { port: 'out', quiet: false },
    { port: 'dropped', quiet: true },
  ],
  infer({ where }, input, context) {
    context.expression(['where'], where, input, { expected: 'bool' });
    return { out: input, dropped: input };
  },
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  lower({ where }, context) {
    const input = soleInput(context);
    return [
      { op: 'filter', where: context.expression(['where'], where, input, { expected: 'bool' }), dropped: 'dropped' },
    ];
  },
});
