import { formatType, nonNull } from '@headrace/cel';
import type { Expression, InferContext } from '../component/contexts.ts';
import { defineOperator } from '../component/define.ts';
import type { Finding } from '../component/finding.ts';
import type { Name, ProjectField, StageOp } from '../component/stage-op.ts';
import { keyTypeOf } from '../component/key-type.ts';
import { isDynamic, type EdgeType, type ValueType } from '../types/edge-type.ts';
import { sameType } from '../types/same-type.ts';
import { checkFields, type CheckedField } from './check-fields.ts';
import { checkLets, type CheckedLets, type CheckText } from './check-lets.ts';
import { inferFields, matchOutput } from './field-types.ts';
import { mapOptions, type MapOptions } from './map-options.ts';
import { planFields } from './plan-fields.ts';
import { soleInput } from './sole-input.ts';

/** Makes one new record of each. */
export const mapOperator = defineOperator({
  type: 'map',
  summary:
    'Makes a new record of each: fields selected, renamed, set or removed, and where asked a new key, headers or timestamp.',
  options: mapOptions,
  examples: [
    { summary: 'A field is added, all others stay', options: { set: { total: 'amount * double(quantity)' } } },
    {
      summary: 'Some fields under their names, in this order',
      options: { select: ['id', 'status', 'amount'] },
    },
    {
      summary: 'A new record, with a record inside and a name for what is used twice',
      options: {
        let: { total: 'amount * double(quantity)' },
        select: { id: 'id', price: { net: 'total', gross: 'total * 1.19' } },
        types: { id: 'string' },
      },
    },
    {
      summary: 'Renamed, set and removed, in this order, with a new key and a header',
      options: {
        rename: { number: 'id' },
        set: { amount: 'amount * 1.19' },
        remove: ['note'],
        keyBy: 'customerId',
        headers: { country: 'country' },
      },
    },
  ],
  ports: () => [{ port: 'out', quiet: false }],
  infer(options, input, context) {
    const check: CheckText = (at, text, edge, how) => context.expression(at, text, edge, how);
    const body = checkBody(options, input, check, (finding) => context.report(finding));
    const output = body === null ? null : outputOf(options, input, body, context);
    if (body === null || output === null) return null;
    const { key } = body;
    if (key === null) return { out: { ...input, value: output } };
    return {
      // What was a table by one key is a stream of changes by another.
      out: { ...input, value: output, key: keyTypeOf(key, input), partitionedBy: 'unknown', kind: 'stream' },
    };
  },
  traits: ({ keyBy }) => ({
    key: keyBy === undefined ? 'keeps' : 'changes',
    order: 'keeps',
    holds: 'nothing',
    deterministic: true,
    stores: [],
  }),
  lower(options, context): StageOp[] {
    const input = soleInput(context);
    const check: CheckText = (at, text, edge, how) => context.expression(at, text, edge, how);
    const body = checkBody(options, input, check, () => {});
    const output = context.outputs['out']?.value;
    if (body === null || output === undefined) return [];
    const { without } = body;
    const fields = body.fields === null ? null : lowerFields(body.fields, body, input.value, output);
    return [
      {
        op: 'project',
        let: body.lets,
        fields,
        ...(fields !== null && without !== null && isDynamic(output) ? { rest: without } : {}),
        output,
        ...(body.key === null ? {} : { key: body.key }),
        ...(body.headers.length === 0 ? {} : { headers: body.headers }),
        ...(body.timestamp === null ? {} : { timestamp: body.timestamp }),
      },
    ];
  },
});

/** The options with their expressions checked. */
interface MapBody {
  readonly lets: CheckedLets['lets'];
  readonly fields: readonly CheckedField[] | null;
  readonly without: readonly Name[] | null;
  readonly key: Expression | null;
  readonly headers: readonly (readonly [string, Expression])[];
  readonly timestamp: Expression | null;
}

function checkBody(
  options: MapOptions,
  input: EdgeType,
  check: CheckText,
  report: (finding: Finding) => void,
): MapBody | null {
  const lets = checkLets(options.let ?? {}, input, check, report);
  if (lets === null) return null;
  const { variables } = lets;
  const plan = planFields(options, input.value, report);
  const fields = plan.fields === null ? null : checkFields(plan.fields, input, variables, check);
  const { keyBy, timestamp } = options;
  const key = keyBy === undefined ? null : check(['keyBy'], keyBy, input, { variables });
  const at =
    timestamp === undefined ? null : check(['timestamp'], timestamp, input, { variables, expected: 'timestamp' });
  const headers = Object.entries(options.headers ?? {}).map(
    ([name, text]) => [name, check(['headers', name], text, input, { variables })] as const,
  );
  for (const [name, expression] of headers) if (expression !== null) reportNoText(name, expression, report);
  const sound = [
    plan.fields === null || fields !== null,
    keyBy === undefined || key !== null,
    timestamp === undefined || at !== null,
    headers.every(([, expression]) => expression !== null),
  ];
  if (!sound.every(Boolean)) return null;
  return {
    lets: lets.lets,
    fields,
    without: plan.without,
    key,
    headers: headers as (readonly [string, Expression])[],
    timestamp: at,
  };
}

function reportNoText(name: string, { type }: Expression, report: (finding: Finding) => void): void {
  const { kind } = nonNull(type);
  if (kind !== 'list' && kind !== 'map' && kind !== 'record') return;
  const message = `a header is text, but the expression gives ${formatType(type)}.`;
  report({ code: 'EXPRESSION_TYPE', severity: 'error', at: ['headers', name], message });
}

function outputOf(options: MapOptions, input: EdgeType, body: MapBody, context: InferContext): ValueType | null {
  const { fields } = body;
  if (options.types !== undefined && (options.output !== undefined || isDynamic(input.value))) {
    const why = options.output === undefined ? 'the records have no schema' : '"output" declares all types';
    const message = `"types" has no meaning here: ${why}.`;
    context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: ['types'], on: 'key', message });
    return null;
  }
  if (options.output !== undefined) return declaredOutput(options, input, body, context);
  if (fields === null || isDynamic(input.value)) return input.value;
  if (input.value.kind !== 'record' && options.select === undefined) {
    const message = 'the value is no record: "select" can make one of it.';
    context.report({ code: 'VALUE_IS_NO_RECORD', severity: 'error', at: [], message });
    return null;
  }
  return inferFields(fields, options.types ?? {}, context);
}

function declaredOutput(options: MapOptions, input: EdgeType, body: MapBody, context: InferContext): ValueType | null {
  const output = context.schema(['output'], options.output);
  if (output === null) return null;
  if (output.kind !== 'record') {
    const message = 'the schema of "output" must be a record.';
    context.report({ code: 'OUTPUT_IS_NO_RECORD', severity: 'error', at: ['output'], message });
    return null;
  }
  matchOutput(body.fields ?? [], output, (name) => isOpen(name, body, input.value), context);
  return output;
}

// With a schema every field of it is listed, in its order; a field of a value without one is looked up by its name.
function lowerFields(
  fields: readonly CheckedField[],
  body: MapBody,
  input: ValueType,
  output: ValueType,
): readonly ProjectField[] {
  if (output.kind !== 'record') return fields.map(({ name, source }) => [name, source]);
  const made = new Map(fields.map((field) => [field.name, field]));
  return output.fields.flatMap(({ name, type }): ProjectField[] => {
    const field = made.get(name);
    if (field !== undefined) return [[name, withOrigin(field, type)]];
    return isOpen(name, body, input) ? [[name, { copy: [name], from: input }]] : [];
  });
}

// A value without a schema may have any field that is not left out.
function isOpen(name: Name, { without }: MapBody, input: ValueType): boolean {
  return isDynamic(input) && without !== null && !without.includes(name);
}

function withOrigin({ source, kept }: CheckedField, type: ValueType): ProjectField[1] {
  return kept === null || sameType(kept, type) || !('copy' in source) ? source : { ...source, from: kept };
}
