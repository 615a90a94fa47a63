import { Type } from '../component/option-type.ts';
import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import type { WrittenExpression } from '../component/author/written.ts';
import { defineOperator } from '../component/define.ts';
import { expressionOrFunctionOption } from '../component/option-schemas.ts';
import { soleInput } from './sole-input.ts';

/** Passes on the records for which an expression is true. */
export const filterOperator = defineOperator({
  type: 'filter',
  summary: 'Passes on the records for which an expression is true; the others leave by "dropped".',
  options: Type.Object(
    { where: expressionOrFunctionOption('What must be true of a record. Deletions pass without it being asked.') },
    { additionalProperties: false },
  ),
  examples: [
    { summary: 'Orders that are paid and not small', options: { where: "status == 'PAID' && amount > 10.0" } },
    {
      summary: 'A function of a file, which gets the value and the record',
      options: { where: { $use: './rules.ts#isLarge' } },
    },
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

/** Filters records in a TypeScript topology: those for which `where` is true go on, the others leave by the port `dropped`. */
export function filter<V>(
  id: string,
  where: WrittenExpression<V, boolean>,
  extras: OperatorExtras = {},
): StreamOperator<V, { readonly out: V; readonly dropped: V; readonly error: V }> {
  return streamOperator(filter, 'filter', id, { where, ...extras });
}
