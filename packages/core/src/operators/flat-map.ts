import { formatType, nonNull, type CelType } from '@headrace/cel';
import { nonNullBranch } from '@headrace/avro';
import type { Static } from 'typebox';
import { Type } from '../component/option-type.ts';
import type { WrittenExpression } from '../component/author/written.ts';
import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import type { Expression, InferContext } from '../component/contexts.ts';
import { defineOperator } from '../component/define.ts';
import type { Finding } from '../component/finding.ts';
import { schemaOf } from '../component/key-type.ts';
import { expressionOrFunctionOption, schemaOption } from '../component/option-schemas.ts';
import type { StageOp } from '../component/stage-op.ts';
import { dynamic, isDynamic, type EdgeType, type ValueType } from '../types/edge-type.ts';
import { checkFields, type CheckedField } from './check-fields.ts';
import type { CheckText } from './check-lets.ts';
import { declaredOutput } from './declared-output.ts';
import { inferFields } from './field-types.ts';
import { isFreeName } from './is-free-name.ts';
import { lowerFields, openFields } from './lower-fields.ts';
import type { Mapped, WrittenFields } from './map-function.ts';
import { fieldsOption, namesOption } from './option-schemas.ts';
import { planFields, type FieldsPlan } from './plan-fields.ts';
import { soleInput } from './sole-input.ts';

const options = Type.Object(
  {
    each: expressionOrFunctionOption('A list: each of its items becomes a record.'),
    as: Type.Optional(
      Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$', description: 'The name of the item; "item" unless written.' }),
    ),
    index: Type.Optional(
      Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$', description: 'The name of its number, from 0.' }),
    ),
    select: Type.Optional(
      Type.Union([namesOption('The fields of the outer record to pass on.'), fieldsOption('The new fields.')], {
        description: 'All fields of the new records, by expressions that see the item and the outer record.',
      }),
    ),
    set: Type.Optional(fieldsOption('Fields to add to the outer record, or to replace in it.')),
    types: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'Avro types of fields that "select" or "set" make, as in "map".',
      }),
    ),
    output: Type.Optional(schemaOption('The schema of the new records. Needed where expressions are dynamic.')),
  },
  { additionalProperties: false },
);

type FlatMapOptions = Static<typeof options>;

/** Makes a record of each item of a list. */
export const flatMapOperator = defineOperator({
  type: 'flatMap',
  summary: 'Makes a record of each item of a list; a record whose list is empty or null leaves by "dropped".',
  options,
  examples: [
    { summary: 'The items themselves', options: { each: 'lines' } },
    {
      summary: 'The outer record with one item in it, and its number',
      options: { each: 'lines', as: 'entry', index: 'n', set: { sku: 'entry.sku', number: 'n' } },
    },
    { summary: 'Records of their own', options: { each: 'lines', select: { order: 'id', sku: 'item.sku' } } },
  ],
  ports: () => [
    { port: 'out', quiet: false },
    { port: 'dropped', quiet: true },
  ],
  infer(written, input, context) {
    const body = checkBody(
      written,
      input,
      (at, text, edge, how) => context.expression(at, text, edge, how),
      (finding) => context.report(finding),
    );
    if (body === null) return null;
    const value = outputOf(written, input, body, context);
    // One record of a table became several of one key: they replace nothing.
    return value === null ? null : { out: { ...input, value, kind: 'stream', tombstones: false }, dropped: input };
  },
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  lower(written, context): StageOp[] {
    const input = soleInput(context);
    const body = checkBody(
      written,
      input,
      (at, text, edge, how) => context.expression(at, text, edge, how),
      () => {},
    );
    const output = context.outputs['out']?.value;
    if (body === null || output === undefined) return [];
    const { without } = body.plan;
    const fields = body.fields === null ? null : lowerFields(body.fields, without, input.value, output);
    return [
      {
        op: 'each',
        items: body.items,
        as: written.as ?? 'item',
        index: written.index ?? null,
        fields,
        ...(fields !== null && without !== null && isDynamic(output) ? { rest: without } : {}),
        output,
        empty: 'dropped',
      },
    ];
  },
});

interface FlatMapBody {
  readonly items: Expression;
  readonly plan: FieldsPlan;
  readonly fields: readonly CheckedField[] | null;
}

function checkBody(
  written: FlatMapOptions,
  input: EdgeType,
  check: CheckText,
  report: (finding: Finding) => void,
): FlatMapBody | null {
  const isFree = hasFreeNames(written, input, report);
  const items = check(['each'], written.each, input);
  if (items === null || !isFree) return null;
  const list = nonNull(items.type);
  if (list.kind !== 'list' && list.kind !== 'dyn') {
    const message = `"each" needs a list, but the expression gives ${formatType(items.type)}.`;
    report({ code: 'EXPRESSION_TYPE', severity: 'error', at: ['each'], message });
    return null;
  }
  const isOuter = written.select === undefined && written.set === undefined;
  const plan = isOuter ? { fields: null, without: null } : planFields(written, input.value, report);
  const variables = new Map<string, CelType>([
    [written.as ?? 'item', list.kind === 'list' ? list.element : { kind: 'dyn' }],
  ]);
  if (written.index !== undefined) variables.set(written.index, { kind: 'int' });
  const fields = plan.fields === null ? null : checkFields(plan.fields, input, variables, check);
  return plan.fields !== null && fields === null ? null : { items, plan, fields };
}

// A name that hides a field, or the other name, is a mistake wherever it is read.
function hasFreeNames(
  { as, index, set, select }: FlatMapOptions,
  input: EdgeType,
  report: (finding: Finding) => void,
): boolean {
  const isSeen = as !== undefined || set !== undefined || select !== undefined;
  const isFree = !isSeen || isFreeName(as ?? 'item', input, ['as'], 'value', report);
  if (index === undefined) return isFree;
  if (index !== (as ?? 'item')) return isFreeName(index, input, ['index'], 'value', report) && isFree;
  const message = `the name "${index}" is that of the item already.`;
  report({ code: 'NAME_TAKEN', severity: 'error', at: ['index'], message });
  return false;
}

function outputOf(
  written: FlatMapOptions,
  input: EdgeType,
  { items, plan, fields }: FlatMapBody,
  context: InferContext,
): ValueType | null {
  const isOpen = (name: string): boolean => openFields(name, plan.without, input.value);
  if (written.output !== undefined) return declaredOutput(written.output, fields, isOpen, context);
  if (fields === null) return itemType(items, input);
  return isDynamic(input.value) ? dynamic : inferFields(fields, written.types ?? {}, context);
}

function itemType(items: Expression, input: EdgeType): ValueType {
  const list = schemaOf(items, input);
  if (list === null || isDynamic(list)) return dynamic;
  const array = nonNullBranch(list) ?? list;
  if (array.kind !== 'array') return dynamic;
  // An item that is null is no record.
  return nonNullBranch(array.items) ?? array.items;
}

/** What `flatMap` takes in a TypeScript topology beside the list. */
export interface WrittenFlatMap<V> extends OperatorExtras {
  readonly as?: string;
  readonly index?: string;
  readonly select?: readonly (keyof V & string)[] | WrittenFields<V>;
  readonly set?: WrittenFields<V>;
  readonly types?: { readonly [name: string]: unknown };
  readonly output?: unknown;
}

/** The type of what `flatMap` makes: the element itself, or the outer record with new fields, as far as TypeScript can know it. */
export type FlatMapped<V, O, E> = O extends
  { readonly output: unknown } | { readonly select: unknown } | { readonly set: unknown }
  ? Mapped<V, O>
  : E;

/** Makes a record of each item of a list in a TypeScript topology; a record whose list is empty leaves by the port `dropped`. */
export function flatMap<V, const O extends WrittenFlatMap<V>, E = unknown>(
  id: string,
  each: WrittenExpression<V, readonly E[]>,
  options: O = {} as O,
): StreamOperator<V, { readonly out: FlatMapped<V, O, E>; readonly dropped: V; readonly error: V }> {
  return streamOperator(flatMap, 'flatMap', id, { each, ...options });
}
