import { suggest } from '@headrace/cel';
import { Type } from '../component/option-type.ts';
import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import type { WrittenExpression } from '../component/author/written.ts';
import type { Expression, ExpressionText } from '../component/contexts.ts';
import { defineOperator } from '../component/define.ts';
import type { Finding, Path } from '../component/finding.ts';
import { UserFunction } from '../component/user-function.ts';
import type { ProjectField, ProjectSource } from '../component/stage-op.ts';
import { keyTypeOf } from '../component/key-type.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { functionOption } from '../component/option-schemas.ts';
import { hasKnownType } from '../component/has-known-type.ts';
import type { WrittenFields } from './map-function.ts';
import { fieldsOption, namesOption, type FieldTexts } from './option-schemas.ts';
import { soleInput } from './sole-input.ts';

type By = string | readonly string[] | UserFunction | FieldTexts;
type Check = (at: Path, text: ExpressionText, edge: EdgeType) => Expression | null;

const options = Type.Object(
  {
    by: Type.Union(
      [
        Type.String({ minLength: 1, kind: 'expression' }),
        namesOption('The fields that make the key.'),
        functionOption('A function that makes the key; "returns" gives its schema.'),
        fieldsOption('The fields of the key, by their names.'),
      ],
      {
        description:
          'What makes the key: an expression, a list of names of fields, an object of expressions, or a function.',
      },
    ),
  },
  { additionalProperties: false },
);

/** Gives each record a new key. */
export const keyByOperator = defineOperator({
  type: 'keyBy',
  summary: 'Gives each record a new key; records whose key would be null leave by "dropped".',
  options,
  examples: [
    { summary: 'By one field', options: { by: 'customerId' } },
    { summary: 'By several fields: the key is a record of them', options: { by: ['country', 'status'] } },
    { summary: 'By a record of expressions', options: { by: { country: 'country', large: 'amount > 1000.0' } } },
  ],
  ports: () => [
    { port: 'out', quiet: false },
    { port: 'dropped', quiet: true },
  ],
  infer({ by }, input, context) {
    if (typeof by !== 'string' && Array.isArray(by) && !knowsNames(by, input, (finding) => context.report(finding)))
      return null;
    const key = keyOf(by as By, ['by'], input, (at, text, edge) => context.expression(at, text, edge));
    if (key === null || !hasKnownType(key, ['by'], context)) return null;
    return {
      // What was a table by one key is a stream of changes by another.
      out: { ...input, key: keyTypeOf(key, input), partitionedBy: 'unknown', kind: 'stream' },
      dropped: input,
    };
  },
  traits: () => ({ key: 'changes', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  lower({ by }, context) {
    const input = soleInput(context);
    const key = keyOf(by as By, ['by'], input, (at, text, edge) => context.expression(at, text, edge));
    return key === null ? [] : [{ op: 'key', by: key, null: 'dropped' }];
  },
});

function keyOf(by: By, at: Path, input: EdgeType, check: Check): ProjectSource | null {
  if (typeof by === 'string' || by instanceof UserFunction) return check(at, by, input);
  if (isNames(by)) return { record: by.map((name): ProjectField => [name, { copy: [name] }]) };
  return recordOf(by, at, input, check);
}

// In records within a key a list is the lines of one expression, as it is everywhere else.
function recordOf(fields: FieldTexts, at: Path, input: EdgeType, check: Check): ProjectSource | null {
  const record: ProjectField[] = [];
  let complete = true;
  for (const [name, text] of Object.entries(fields)) {
    const isText = typeof text === 'string' || isNames(text) || text instanceof UserFunction;
    const source = isText ? check([...at, name], text, input) : recordOf(text, [...at, name], input, check);
    if (source === null) complete = false;
    else record.push([name, source]);
  }
  return complete ? { record } : null;
}

function isNames(by: By): by is readonly string[] {
  return Array.isArray(by);
}

function knowsNames(names: readonly string[], input: EdgeType, report: (finding: Finding) => void): boolean {
  const { value } = input;
  if (value.kind === 'dynamic') return true;
  const known = value.kind === 'record' ? value.fields.map(({ name }) => name) : [];
  const unknown = names.flatMap((name, i) => (known.includes(name) ? [] : [{ name, i }]));
  for (const { name, i } of unknown) {
    const suggestion = suggest(name, known);
    const message = `field "${name}" does not exist.`;
    report({ code: 'UNKNOWN_FIELD', severity: 'error', at: ['by', i], message, ...(suggestion && { suggestion }) });
  }
  return unknown.length === 0;
}

/** What makes a key in a TypeScript topology: an expression or function, names of fields, or an object of expressions. */
export type WrittenKey<V> =
  Exclude<WrittenExpression<V>, readonly string[]> | readonly NoInfer<keyof V & string>[] | WrittenFields<V>;

/** Keys records in a TypeScript topology; those whose key would be null leave by the port `dropped`. */
export function keyBy<V>(
  id: string,
  by: WrittenKey<V>,
  extras: OperatorExtras = {},
): StreamOperator<V, { readonly out: V; readonly dropped: V; readonly error: V }> {
  return streamOperator(keyBy, 'keyBy', id, { by, ...extras });
}
