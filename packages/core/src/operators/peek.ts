import { Type } from '../component/option-type.ts';
import type { ValueFunction } from '../component/record-view.ts';
import { useOf, type WrittenFunction } from '../component/author/written.ts';
import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import { defineOperator } from '../component/define.ts';
import type { FunctionCall } from '../component/function-call.ts';
import { functionOption } from '../component/option-schemas.ts';
import { dynamic } from '../types/edge-type.ts';

/** Shows records on their way. */
export const peekOperator = defineOperator({
  type: 'peek',
  summary: 'Shows each record to a function or in the log, and passes it on as it is.',
  options: Type.Object(
    {
      log: Type.Optional(
        Type.Enum(['debug', 'info', 'warn'], {
          description: 'Writes each record, its value included, to the log with this level; "info" unless written.',
        }),
      ),
      $use: Type.Optional(
        functionOption(
          'A function that gets the value and the record, as "./file.ts#export"; what it returns is not used.',
        ),
      ),
    },
    { additionalProperties: false },
  ),
  examples: [
    { summary: 'Records in the log, while something is being looked for', options: { log: 'info' } },
    { summary: 'Records shown to a function', options: { $use: './watch.ts#watch' } },
  ],
  ports: () => [{ port: 'out', quiet: false }],
  infer({ log, $use }, input, context) {
    if (log !== undefined && $use !== undefined) {
      const message = '"log" has no meaning beside "$use".';
      context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: ['log'], on: 'key', message });
      return null;
    }
    return { out: input };
  },
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  lower({ log, $use }) {
    const call: FunctionCall | null =
      $use === undefined ? null : { kind: 'function', use: $use, type: { kind: 'dyn' }, returns: dynamic };
    return [{ op: 'peek', call, level: log ?? 'info' }];
  },
});

/** Shows records to a function, or in the log, in a TypeScript topology, and passes them on. */
export function peek<V>(
  id: string,
  show: WrittenFunction<ValueFunction<V, void>> | { readonly log: 'debug' | 'info' | 'warn' } = { log: 'info' },
  extras: OperatorExtras = {},
): StreamOperator<V, { readonly out: V; readonly error: V }> {
  return streamOperator(peek, 'peek', id, { ...('log' in show ? show : useOf(show)), ...extras });
}
