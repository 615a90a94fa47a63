import type { Static } from 'typebox';
import { Type } from '../component/option-type.ts';
import type { SchemaValue } from '../component/author/schema-value.ts';
import type { WrittenExpression } from '../component/author/written.ts';
import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import { compilePattern, formatType, type CelType } from '@headrace/cel';
import type { ExpressionText, InferContext } from '../component/contexts.ts';
import { defineOperator } from '../component/define.ts';
import type { Finding } from '../component/finding.ts';
import { expressionOrFunctionOption, schemaOption } from '../component/option-schemas.ts';
import type { ParseFormat, ParseStep, StageOp } from '../component/stage-op.ts';
import { avroTypeOf } from '../types/avro-type-of.ts';
import { dynamic, type EdgeType, type ValueType } from '../types/edge-type.ts';
import { checkFields, type CheckedField } from './check-fields.ts';
import type { CheckText } from './check-lets.ts';
import { declaredOutput } from './declared-output.ts';
import { inferFields } from './field-types.ts';
import { lowerFields } from './lower-fields.ts';
import type { WrittenFields } from './map-function.ts';
import { fieldsOption } from './option-schemas.ts';
import { parsedTypes } from './parse-formats.ts';
import { planFields } from './plan-fields.ts';
import { soleInput } from './sole-input.ts';

const options = Type.Object(
  {
    of: expressionOrFunctionOption('The text to take apart.'),
    format: Type.Optional(
      Type.Enum(['json', 'csv', 'logfmt', 'syslog', 'combined'], {
        description:
          'How the text is written. Expressions see it as "m": JSON as it is, CSV as a list of texts, logfmt as a map, syslog (RFC 5424 or 3164) and "combined" (access logs) as records.',
      }),
    ),
    pattern: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'A regular expression in the syntax of RE2, instead of a format: "m" has the texts of its named groups, "(?<name>…)".',
      }),
    ),
    select: Type.Optional(
      fieldsOption(
        'The fields of the new record, by expressions over "m" and the incoming record. Unless written, the value is what was parsed.',
      ),
    ),
    types: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'Avro types of fields of "select", as in "map".' }),
    ),
    output: Type.Optional(schemaOption('The schema of the new record. Needed where expressions are dynamic.')),
  },
  { additionalProperties: false },
);

type ParseOptions = Static<typeof options>;

const parsed = 'm';

/** Takes a text of each record apart. */
export const parseOperator = defineOperator({
  type: 'parse',
  summary: 'Takes a text apart and makes a new record of it; what is not of the format fails.',
  options,
  examples: [
    { summary: 'Lines of an access log', options: { of: 'line', format: 'combined' } },
    {
      summary: 'Some of what a text of JSON holds, beside a field of the record',
      options: { of: 'payload', format: 'json', select: { id: 'id', n: 'int(m.n)' } },
    },
    {
      summary: 'Named groups of a pattern',
      options: { of: 'line', pattern: '^(?<host>[^ ]+) (?<rest>.*)$', select: { host: 'm.host' } },
    },
    { summary: 'Cells of a line of CSV', options: { of: 'cells', format: 'csv', select: { first: 'm[0]' } } },
  ],
  ports: () => [{ port: 'out', quiet: false }],
  infer(written, input, context) {
    const body = checkBody(
      written,
      input,
      (at, text, edge, how) => context.expression(at, text, edge, how),
      (finding) => context.report(finding),
    );
    const value = body === null ? null : outputOf(written, body, context);
    // What was parsed has nothing of a table's record any more.
    return value === null ? null : { out: { ...input, value } };
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
    const { step, whole } = body;
    const fields = body.fields === null ? { value: whole } : lowerFields(body.fields, null, input.value, output);
    return [{ op: 'project', let: [], parse: step, fields, output }];
  },
});

interface ParseBody {
  readonly step: ParseStep;
  readonly fields: readonly CheckedField[] | null;
  /** The expression `m`. */
  readonly whole: NonNullable<ReturnType<CheckText>>;
  readonly type: CelType;
}

function checkBody(
  written: ParseOptions,
  input: EdgeType,
  check: CheckText,
  report: (finding: Finding) => void,
): ParseBody | null {
  const found = formatOf(written, report);
  const of = checkText(written.of, input, check, report);
  if (found === null || of === null) return null;
  const { format, type } = found;
  const variables = new Map([[parsed, type]]);
  const whole = check([written.format === undefined ? 'pattern' : 'format'], parsed, input, { variables });
  if (whole === null) return null;
  const step = { of, format, as: parsed };
  if (written.select === undefined) return { step, fields: null, whole, type };
  const plan = planFields({ select: written.select }, input.value, report);
  const fields = checkFields(plan.fields ?? [], input, variables, check);
  return fields === null ? null : { step, fields, whole, type };
}

function checkText(of: ExpressionText, input: EdgeType, check: CheckText, report: (finding: Finding) => void) {
  const checked = check(['of'], of, input);
  if (checked === null) return null;
  const { type } = checked;
  const kind = type.kind === 'nullable' ? type.of.kind : type.kind;
  if (kind === 'string' || kind === 'bytes' || kind === 'dyn') return checked;
  const message = `"of" needs text, but the expression gives ${formatType(type)}.`;
  report({ code: 'EXPRESSION_TYPE', severity: 'error', at: ['of'], message });
  return null;
}

function formatOf(
  { format, pattern }: ParseOptions,
  report: (finding: Finding) => void,
): { format: ParseFormat; type: CelType } | null {
  if (format !== undefined && pattern !== undefined) {
    const message = '"pattern" has no meaning beside "format".';
    report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: ['pattern'], on: 'key', message });
    return null;
  }
  if (pattern !== undefined) return patternFormat(pattern, report);
  if (format === undefined) {
    const message = 'one of "format" and "pattern" is needed.';
    report({ code: 'MISSING_KEY', severity: 'error', at: [], on: 'key', message });
    return null;
  }
  const type = parsedTypes[format];
  return { format: format === 'csv' ? { kind: 'csv', delimiter: ',', quote: '"' } : { kind: format }, type };
}

function patternFormat(
  pattern: string,
  report: (finding: Finding) => void,
): { format: ParseFormat; type: CelType } | null {
  const invalid = (message: string): null => {
    report({ code: 'INVALID_PATTERN', severity: 'error', at: ['pattern'], message });
    return null;
  };
  try {
    const names = [...compilePattern(pattern).names.keys()];
    if (names.length === 0) return invalid('the pattern has no named group: write "(?<name>…)".');
    const text: CelType = { kind: 'nullable', of: { kind: 'string' } };
    const fields = new Map(names.map((name) => [name, text]));
    return { format: { kind: 'pattern', pattern }, type: { kind: 'record', name: null, fields } };
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error));
  }
}

function outputOf(written: ParseOptions, { fields, type }: ParseBody, context: InferContext): ValueType | null {
  if (written.output !== undefined) return declaredOutput(written.output, fields, () => false, context);
  if (fields !== null) return inferFields(fields, written.types ?? {}, context);
  return avroTypeOf(type) ?? dynamic;
}

/** What `parse` takes in a TypeScript topology. */
export interface WrittenParse<V> extends OperatorExtras {
  readonly of: WrittenExpression<V, string>;
  readonly format?: 'json' | 'csv' | 'logfmt' | 'syslog' | 'combined';
  readonly pattern?: string;
  readonly select?: WrittenFields<V>;
  readonly types?: { readonly [name: string]: unknown };
  readonly output?: unknown;
}

/** Parses a text of each record in a TypeScript topology; `output` says what TypeScript knows of the result. */
export function parse<V, const O extends WrittenParse<V>>(
  id: string,
  options: O,
): StreamOperator<
  V,
  { readonly out: O extends { readonly output: infer S } ? SchemaValue<S> : unknown; readonly error: V }
> {
  return streamOperator(parse, 'parse', id, options);
}
