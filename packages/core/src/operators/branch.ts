import type { Static } from 'typebox';
import { Type } from '../component/option-type.ts';
import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import type { WrittenExpression } from '../component/author/written.ts';
import type { InferContext } from '../component/contexts.ts';
import { defineOperator } from '../component/define.ts';
import type { Port } from '../record/record-batch.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { expressionOrFunctionOption } from '../component/option-schemas.ts';
import { reservedPorts } from './reserved-ports.ts';
import { soleInput } from './sole-input.ts';

const options = Type.Object(
  {
    cases: Type.Array(
      Type.Object(
        {
          port: Type.String({
            pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$',
            description: 'The name of the port that records of this case leave by.',
          }),
          where: expressionOrFunctionOption('What must be true of a record of this case.'),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, description: 'The cases in the order in which they are asked.' },
    ),
    match: Type.Optional(
      Type.Union([Type.Literal('first'), Type.Literal('all')], {
        description: 'Whether a record goes to the first case that is true, or to all of them; "first" unless written.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Sends each record to the first of several cases that is true, or to all of them. */
export const branchOperator = defineOperator({
  type: 'branch',
  summary:
    'Sends each record to the port of the first case that is true, or of all of them; the others leave by "unmatched".',
  options,
  examples: [
    {
      summary: 'Orders by region; other countries leave by "unmatched"',
      options: {
        cases: [
          { port: 'eu', where: "country in ['DE', 'FR']" },
          { port: 'us', where: "country == 'US'" },
        ],
      },
    },
    {
      summary: 'Every case that is true gets the record',
      options: {
        match: 'all',
        cases: [
          { port: 'large', where: 'amount > 1000.0' },
          { port: 'noted', where: 'note != null' },
        ],
      },
    },
  ],
  ports: ({ cases }) =>
    [...new Set([...cases.map(({ port }) => port), 'unmatched'])].map((port) => ({
      port,
      quiet: port !== 'unmatched' && reservedPorts.includes(port),
    })),
  infer({ cases }, input, context) {
    reportPorts(cases, context);
    cases.forEach(({ where }, i) => context.expression(['cases', i, 'where'], where, input, { expected: 'bool' }));
    // What is left of a table in one case is no table: a record that changes its case is not deleted from the other.
    const output: EdgeType = { ...input, kind: 'stream' };
    return Object.fromEntries([...cases.map(({ port }) => port), 'unmatched'].map((port) => [port, output]));
  },
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  lower({ cases, match }, context) {
    const input = soleInput(context);
    const checked = cases.map(
      ({ port, where }, i) =>
        [port, context.expression(['cases', i, 'where'], where, input, { expected: 'bool' })] as const,
    );
    return [{ op: 'branch', cases: checked, mode: match ?? 'first', unmatched: 'unmatched' }];
  },
});

function reportPorts(cases: Static<typeof options>['cases'], context: InferContext): void {
  const seen = new Set<Port>();
  cases.forEach(({ port }, i) => {
    const at = ['cases', i, 'port'];
    if (reservedPorts.includes(port)) {
      const message = `the port "${port}" cannot be declared: the name is reserved.`;
      context.report({ code: 'RESERVED_PORT', severity: 'error', at, message });
    } else if (seen.has(port)) {
      const message = `the port "${port}" is declared twice.`;
      const suggestion = 'Join the conditions by "||".';
      context.report({ code: 'DUPLICATE_PORT', severity: 'error', at, message, suggestion });
    }
    seen.add(port);
  });
}

/** A case of `branch` in a TypeScript topology. */
export interface BranchCase<V, N extends Port = Port> {
  readonly port: N;
  readonly where: WrittenExpression<V, boolean>;
}

/** Branches records in a TypeScript topology: each goes to the port of the first case that is true, or of all; the others leave by `unmatched`. */
export function branch<V, const N extends Port>(
  id: string,
  cases: readonly BranchCase<V, N>[],
  extras: OperatorExtras & { readonly match?: 'first' | 'all' } = {},
): StreamOperator<V, { readonly [port in N | 'unmatched' | 'error']: V }> {
  return streamOperator(branch, 'branch', id, { cases, ...extras });
}
