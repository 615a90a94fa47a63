import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import { useOf } from '../component/author/written.ts';
import type {
  ParameterReference,
  Written,
  WrittenExpression,
  WrittenFunction,
  WrittenText,
} from '../component/author/written.ts';
import type { SchemaValue } from '../component/author/schema-value.ts';
import type { LookupFunction } from '../component/record-view.ts';
import type { Field, Schema } from '@headrace/avro';
import { acceptsNull, unionWithNull } from './nullable-schema.ts';
import type { AsyncNodeContext, InferContext } from '../component/contexts.ts';
import { defineOperator } from '../component/define.ts';
import { parseDuration } from '../component/duration.ts';
import { retryLimits } from '../component/option-schemas.ts';
import { asHeadraceError } from '../errors/headrace-error.ts';
import { isDynamic, dynamic, type EdgeType, type ValueType } from '../types/edge-type.ts';
import { mayFit } from '../types/may-fit.ts';
import { askAgain } from './lookup/attempts.ts';
import { LookupCache } from './lookup/lookup-cache.ts';
import { lookupOptions, type LookupOptions } from './lookup/lookup-options.ts';
import { lookupWindow, type Outcome, type WindowOptions } from './lookup/lookup-window.ts';
import { questioner, valueOf, type Question } from './lookup/questions.ts';

/** Asks something about each record, and adds the answer to it. */
export const lookupOperator = defineOperator({
  type: 'lookup',
  summary: 'Asks a function or a service about each record, many at once, and adds the answer as a field.',
  options: lookupOptions,
  examples: [
    {
      summary: 'A service of HTTP, with answers kept for a while and one for when it does not answer',
      options: {
        http: { url: "'http://localhost:8080/customers/' + string(customerId)" },
        as: 'customer',
        returns: { type: 'record', name: 'Customer', fields: [{ name: 'name', type: 'string' }] },
        cache: { ttl: '10m', max: 10_000 },
        fallback: 'null',
      },
    },
    {
      summary: 'A function, records in any order, each attempt in two seconds',
      options: {
        $use: './geo.ts#locate',
        as: 'place',
        returns: 'string',
        ordered: false,
        timeout: '2s',
        retry: { attempts: 3 },
      },
    },
  ],
  ports: () => [{ port: 'out', quiet: false }],
  infer(options, input, context) {
    if (!checkOptions(options, context)) return null;
    checkExpressions(options, input, context);
    const answer = answerType(options, input, context);
    const value = answer === null ? null : withField(input.value, options.as, answer, context);
    if (value === null) return null;
    // In a table the answer may be another one the next time.
    return { out: { ...input, value, ordered: input.ordered && options.ordered !== false } };
  },
  traits: ({ ordered }) => ({
    key: 'keeps',
    order: ordered === false ? 'loses' : 'keeps',
    holds: 'nothing',
    deterministic: false,
    stores: [],
  }),
  create(options, context) {
    return lookupWindow({
      node: context.node,
      concurrency: options.concurrency ?? 10,
      ordered: options.ordered ?? true,
      answer: answerer(options, context),
    });
  },
});

function answerer(options: LookupOptions, context: AsyncNodeContext): WindowOptions['answer'] {
  const { clock } = context;
  const { as } = options;
  const answer = fieldOf(context.outputs['out']?.value ?? dynamic, as);
  const question = questioner(options, answer, context);
  const limits = { ...retryLimits(options.retry), timeoutMs: msOf(options.timeout) ?? context.nodeTimeoutMs };
  const { cache: kept } = options;
  const cache = kept === undefined ? null : new LookupCache(msOf(kept.ttl) ?? 0, kept.max, () => clock.monotonic());
  const fallback = options.fallback === undefined ? null : context.evaluator(['fallback']);
  const fit = context.fit(answer, as);
  // With a cache an answer is everybody's: one task that goes away takes it from nobody.
  const never = new AbortController().signal;
  const ask = async (asked: Question, stopped: AbortSignal): Promise<Outcome> => {
    if (cache === null) return askAgain(asked.ask, limits, context, stopped);
    const shared = cache.ask(asked.key(), async () => {
      const outcome = await askAgain(asked.ask, limits, context, never);
      if ('error' in outcome) throw new NotAnswered(outcome);
      return outcome.value;
    });
    return shared.then(
      (value) => ({ value }),
      (error: unknown) => {
        if (error instanceof NotAnswered) return error.outcome;
        throw error;
      },
    );
  };
  return (batch, row, stopped) => {
    const value = valueOf(batch, row);
    if (value === null) return { value };
    const done = (outcome: Outcome): Outcome => {
      if (!('error' in outcome)) return { value: { ...(value as object), [as]: outcome.value } };
      if (fallback === null) return outcome;
      try {
        const instead = fit(fallback(batch, row));
        context.count('fallback', 1);
        return { value: { ...(value as object), [as]: instead } };
      } catch (error) {
        return { error: asHeadraceError(error, 'PROCESS_FAILED'), attempts: outcome.attempts };
      }
    };
    try {
      const asked = question(batch, row);
      const known = cache?.get(asked.key());
      if (known !== undefined) return done(known);
      return ask(asked, stopped).then(done);
    } catch (error) {
      return done({ error: asHeadraceError(error, 'PROCESS_FAILED'), attempts: 1 });
    }
  };
}

class NotAnswered extends Error {
  readonly outcome: Exclude<Outcome, { value: unknown }>;

  constructor(outcome: Exclude<Outcome, { value: unknown }>) {
    super(outcome.error.message);
    this.outcome = outcome;
  }
}

function checkOptions({ $use, http }: LookupOptions, context: InferContext): boolean {
  if (($use === undefined) !== (http === undefined)) return true;
  if ($use === undefined) {
    const message = 'one of "$use" and "http" is needed.';
    context.report({ code: 'MISSING_KEY', severity: 'error', at: [], on: 'key', message });
  } else {
    const message = '"http" has no meaning beside "$use".';
    context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: ['http'], on: 'key', message });
  }
  return false;
}

function checkExpressions({ http, cache }: LookupOptions, input: EdgeType, context: InferContext): void {
  if (cache?.by !== undefined) context.expression(['cache', 'by'], cache.by, input);
  if (http === undefined) return;
  context.expression(['http', 'url'], http.url, input, { expected: 'string' });
  if (http.body !== undefined) context.expression(['http', 'body'], http.body, input);
  for (const part of ['query', 'headers'] as const)
    for (const [name, text] of Object.entries(http[part] ?? {})) context.expression(['http', part, name], text, input);
}

function answerType({ returns, fallback }: LookupOptions, input: EdgeType, context: InferContext): ValueType | null {
  const declared = returns === undefined ? dynamic : context.schema(['returns'], returns);
  const instead = fallback === undefined ? undefined : context.expression(['fallback'], fallback, input);
  if (declared === null || instead === null) return null;
  if (isDynamic(declared)) {
    if (isDynamic(input.value)) return dynamic;
    const message = 'nothing says what the answer is.';
    const suggestion = 'Give its schema as "returns".';
    context.report({ code: 'OUTPUT_SCHEMA_NEEDED', severity: 'error', at: ['as'], message, suggestion });
    return null;
  }
  if (instead === undefined) return declared;
  const type = acceptsNull(instead.type) && instead.type.kind !== 'dyn' ? unionWithNull(declared) : declared;
  if (mayFit(instead.type, type)) return type;
  const message = '"fallback" never fits into the schema of "returns".';
  context.report({ code: 'TYPE_DOES_NOT_FIT', severity: 'error', at: ['fallback'], message });
  return null;
}

function withField(value: ValueType, name: string, type: ValueType, context: InferContext): ValueType | null {
  if (isDynamic(value)) return dynamic;
  if (value.kind === 'record' && !isDynamic(type)) {
    const field: Field = { name, type, aliases: [] };
    const others = value.fields.filter((each) => each.name !== name);
    return { kind: 'record', name: null, fields: [...others, field] };
  }
  const message = 'the value is no record, so it takes no field: "map" can make one of it.';
  context.report({ code: 'VALUE_IS_NO_RECORD', severity: 'error', at: [], message });
  return null;
}

function fieldOf(value: ValueType, name: string): ValueType {
  if (value.kind !== 'record') return dynamic;
  return value.fields.find((field): field is Field & { type: Schema } => field.name === name)?.type ?? dynamic;
}

function msOf(text: string | undefined): number | null {
  return text === undefined ? null : parseDuration(text);
}

/** What `lookup` takes in a TypeScript topology, beside the function that answers. */
export type WrittenLookup<V, A extends string, S> = OperatorExtras &
  Written<Pick<LookupOptions, 'concurrency' | 'timeout' | 'retry' | 'ordered'>> & {
    readonly as: A;
    /** The schema of the answers. */
    readonly returns?: S;
    readonly http?: {
      readonly url: WrittenText;
      readonly method?: 'GET' | 'POST' | 'PUT';
      readonly query?: { readonly [name: string]: WrittenText };
      readonly headers?: { readonly [name: string]: WrittenText };
      readonly body?: WrittenText;
    };
    readonly cache?: {
      readonly ttl: string | ParameterReference;
      readonly max: number | ParameterReference;
      readonly by?: WrittenText;
    };
    readonly fallback?: WrittenExpression<V>;
  };

/** Looks something up for each record in a TypeScript topology, by a function that answers later or by HTTP, and adds it as a field. */
export function lookup<V, const A extends string, const S>(
  id: string,
  options: WrittenLookup<V, A, S>,
  ask?: WrittenFunction<LookupFunction<V, SchemaValue<S>>>,
): StreamOperator<V, { readonly out: V & { readonly [K in A]: SchemaValue<S> }; readonly error: V }> {
  return streamOperator(lookup, 'lookup', id, ask === undefined ? options : { ...options, ...useOf(ask) });
}
