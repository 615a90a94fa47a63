import { formatType, nonNull } from '@headrace/cel';
import type { Expression, InferContext } from '../component/contexts.ts';
import { defineOperator } from '../component/define.ts';
import type { Finding } from '../component/finding.ts';
import type { Name, StageOp } from '../component/stage-op.ts';
import { keyTypeOf } from '../component/key-type.ts';
import { isDynamic, type EdgeType, type ValueType } from '../types/edge-type.ts';
import { checkFields, type CheckedField } from './check-fields.ts';
import { checkLets, type CheckedLets, type CheckText } from './check-lets.ts';
import { hasKnownType } from '../component/has-known-type.ts';
import { inferFields, matchOutput } from './field-types.ts';
import { lowerFields, openFields } from './lower-fields.ts';
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
      summary: 'A function makes the new value',
      options: {
        $use: './price.ts#priced',
        output: { type: 'record', name: 'Priced', fields: [{ name: 'total', type: 'double' }] },
      },
    },
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
    if (key !== null && !hasKnownType(key, ['keyBy'], context)) return null;
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
    const fields = body.fields === null ? null : lowerFields(body.fields, without, input.value, output);
    const made = body.whole === null ? fields : { value: body.whole };
    return [
      {
        op: 'project',
        let: body.lets,
        fields: made,
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
  /** The function that makes the whole value. */
  readonly whole: Expression | null;
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
  const { $use } = options;
  const whole = $use === undefined ? null : check([], $use, input);
  const plan = $use === undefined ? planFields(options, input.value, report) : { fields: null, without: null };
  if ($use !== undefined) refuseBesideUse(options, report);
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
    whole,
    without: plan.without,
    key,
    headers: headers as (readonly [string, Expression])[],
    timestamp: at,
  };
}

function refuseBesideUse(options: MapOptions, report: (finding: Finding) => void): void {
  for (const other of ['let', 'select', 'rename', 'set', 'remove', 'types'] as const) {
    if (options[other] === undefined) continue;
    const message = `"${other}" cannot stand beside "$use", whose function makes the whole value.`;
    report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: [other], on: 'key', message });
  }
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
  if (body.whole !== null) {
    const message = 'nothing says what the function makes.';
    const suggestion = 'Give its schema as "output".';
    context.report({ code: 'OUTPUT_SCHEMA_NEEDED', severity: 'error', at: ['$use'], message, suggestion });
    return null;
  }
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
  if (body.whole === null)
    matchOutput(body.fields ?? [], output, (name) => openFields(name, body.without, input.value), context);
  return output;
}
