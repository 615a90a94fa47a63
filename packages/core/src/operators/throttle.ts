import { Type } from '../component/option-type.ts';
import type { ParameterReference, WrittenExpression } from '../component/author/written.ts';
import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import { defineOperator } from '../component/define.ts';
import { expressionOrFunctionOption } from '../component/option-schemas.ts';
import { soleInput } from './sole-input.ts';

/** Bounds how many records pass in a second. */
export const throttleOperator = defineOperator({
  type: 'throttle',
  summary:
    'Passes on so many records a second in this process: its tasks read less, or what is too much leaves by "dropped".',
  options: Type.Object(
    {
      perSecond: Type.Number({ exclusiveMinimum: 0, description: 'How many records may pass in a second.' }),
      over: Type.Optional(
        Type.Enum(['wait', 'drop'], {
          description:
            '"wait", unless written: sources are read more slowly. "drop": what is too much leaves by "dropped".',
        }),
      ),
      by: Type.Optional(expressionOrFunctionOption('With "drop": the rate holds for each value of this by itself.')),
    },
    { additionalProperties: false },
  ),
  examples: [
    { summary: 'No more than a hundred requests a second for what comes behind', options: { perSecond: 100 } },
    {
      summary: 'At most ten records a second of each customer',
      options: { perSecond: 10, over: 'drop', by: 'customerId' },
    },
  ],
  ports: () => [
    { port: 'out', quiet: false },
    { port: 'dropped', quiet: true },
  ],
  infer({ over, by }, input, context) {
    if (by !== undefined) context.expression(['by'], by, input);
    if (by !== undefined && over !== 'drop') {
      const message = '"by" needs "over": "drop": a source cannot be read more slowly for some of its records.';
      context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: ['by'], on: 'key', message });
      return null;
    }
    return { out: input, dropped: input };
  },
  traits: ({ perSecond, over }) => ({
    key: 'keeps',
    order: 'keeps',
    holds: 'nothing',
    deterministic: over !== 'drop',
    stores: [],
    ...(over === 'drop' ? {} : { demand: { perSecond } }),
  }),
  lower({ perSecond, over, by }, context) {
    if (over !== 'drop') return [];
    const input = soleInput(context);
    const expression = by === undefined ? null : context.expression(['by'], by, input);
    return [{ op: 'throttle', perSecond, by: expression, dropped: 'dropped' }];
  },
});

/** Throttles records in a TypeScript topology: the task asks for less, or with `over: 'drop'` what is too much leaves by `dropped`. */
export function throttle<V>(
  id: string,
  options: OperatorExtras & {
    readonly perSecond: number | ParameterReference;
    readonly over?: 'wait' | 'drop';
    readonly by?: WrittenExpression<V>;
  },
): StreamOperator<V, { readonly out: V; readonly dropped: V; readonly error: V }> {
  return streamOperator(throttle, 'throttle', id, options);
}
