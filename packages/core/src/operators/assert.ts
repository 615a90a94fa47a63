import { Type } from '../component/option-type.ts';
import type { WrittenExpression } from '../component/author/written.ts';
import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import { defineOperator } from '../component/define.ts';
import { expressionOrFunctionOption } from '../component/option-schemas.ts';
import { soleInput } from './sole-input.ts';

/** Lets only records pass of which some things are true. */
export const assertOperator = defineOperator({
  type: 'assert',
  summary: 'Passes on records of which all conditions are true; any other fails with the names of those that are not.',
  options: Type.Object(
    {
      that: Type.Record(Type.String({ minLength: 1 }), expressionOrFunctionOption('What must be true of a record.'), {
        minProperties: 1,
        description: 'The conditions by their names. Deletions pass without them being asked.',
      }),
    },
    { additionalProperties: false },
  ),
  examples: [
    {
      summary: 'Orders that make sense; others go to the port "error", or where "onError" says',
      options: { that: { positive: 'amount > 0.0', 'has a country': 'country != null' } },
    },
  ],
  ports: () => [{ port: 'out', quiet: false }],
  infer({ that }, input, context) {
    for (const [name, text] of Object.entries(that))
      context.expression(['that', name], text, input, { expected: 'bool' });
    return { out: input };
  },
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  lower({ that }, context) {
    const input = soleInput(context);
    const check = (name: string, text: (typeof that)[string]) =>
      [name, context.expression(['that', name], text, input, { expected: 'bool' })] as const;
    return [{ op: 'check', that: Object.entries(that).map(([name, text]) => check(name, text)) }];
  },
});

/** Asserts what must be true of each record in a TypeScript topology; one that fails leaves by the port `error`, with all the names. */
export function assert<V>(
  id: string,
  that: { readonly [name: string]: WrittenExpression<V, boolean> },
  extras: OperatorExtras = {},
): StreamOperator<V, { readonly out: V; readonly error: V }> {
  return streamOperator(assert, 'assert', id, { that, ...extras });
}
