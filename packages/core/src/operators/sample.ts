import { Type } from '../component/option-type.ts';
import type { ParameterReference, WrittenExpression } from '../component/author/written.ts';
import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import { defineOperator } from '../component/define.ts';
import { expressionOrFunctionOption } from '../component/option-schemas.ts';
import { soleInput } from './sole-input.ts';

/** Passes on some of the records. */
export const sampleOperator = defineOperator({
  type: 'sample',
  summary:
    'Passes on every n-th record, or a share of them that is the same in every replay; the others leave by "dropped".',
  options: Type.Object(
    {
      every: Type.Optional(
        Type.Integer({ minimum: 1, description: 'Passes on the first of every so many records of a partition.' }),
      ),
      rate: Type.Optional(
        Type.Number({ minimum: 0, maximum: 1, description: 'The share of records to pass on, from 0 to 1.' }),
      ),
      by: Type.Optional(
        expressionOrFunctionOption(
          'With "rate": what is hashed to choose, so that all records of one value go the same way; the place of the record in its source unless written.',
        ),
      ),
    },
    { additionalProperties: false },
  ),
  examples: [
    { summary: 'Every hundredth record', options: { every: 100 } },
    { summary: 'All records of a tenth of the customers', options: { rate: 0.1, by: 'customerId' } },
  ],
  ports: () => [
    { port: 'out', quiet: false },
    { port: 'dropped', quiet: true },
  ],
  infer({ every, rate, by }, input, context) {
    if (by !== undefined) context.expression(['by'], by, input);
    const report = (code: string, key: string[], message: string): void =>
      context.report({ code, severity: 'error', at: key, on: 'key', message });
    if (every === undefined && rate === undefined) report('MISSING_KEY', [], 'one of "every" and "rate" is needed.');
    if (every !== undefined && rate !== undefined)
      report('OPTIONS_CONFLICT', ['rate'], '"rate" has no meaning beside "every".');
    if (every !== undefined && by !== undefined)
      report('OPTIONS_CONFLICT', ['by'], '"by" has no meaning beside "every".');
    return { out: input, dropped: input };
  },
  traits: ({ every }) => ({
    key: 'keeps',
    order: 'keeps',
    holds: 'nothing',
    // Where counting begins depends on where the process has started.
    deterministic: every === undefined,
    stores: [],
  }),
  lower({ every, rate, by }, context) {
    const input = soleInput(context);
    return [
      {
        op: 'sample',
        every: every ?? null,
        rate: rate ?? null,
        by: by === undefined ? null : context.expression(['by'], by, input),
        dropped: 'dropped',
      },
    ];
  },
});

/** Samples records in a TypeScript topology: every n-th, or a share of them; the others leave by the port `dropped`. */
export function sample<V>(
  id: string,
  options: OperatorExtras &
    (
      | { readonly every: number | ParameterReference }
      | { readonly rate: number | ParameterReference; readonly by?: WrittenExpression<V> }
    ),
): StreamOperator<V, { readonly out: V; readonly dropped: V; readonly error: V }> {
  return streamOperator(sample, 'sample', id, options);
}
