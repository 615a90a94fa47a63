import type { AsyncNodeContext } from '../../component/contexts.ts';
import type { Path } from '../../component/finding.ts';
import type { LookupFunction } from '../../component/record-view.ts';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { itemAt } from '../../record/records-of.ts';
import type { RecordBatch } from '../../record/record-batch.ts';
import { dynamic, type ValueType } from '../../types/edge-type.ts';
import { httpRequest, sendRequest } from './http-request.ts';
import type { LookupOptions } from './lookup-options.ts';

/** A question about one record. */
export interface Question {
  /** What the answer depends on. */
  readonly key: () => string;
  readonly ask: (signal: AbortSignal) => Promise<unknown>;
}

/** Makes the question about a row; throws where the row has none. */
export type Questioner = (batch: RecordBatch, row: number) => Question;

type Evaluator = ReturnType<AsyncNodeContext['evaluator']>;

/** Builds what asks about rows: a function, or requests of HTTP whose answers are read as JSON of the type. */
export function questioner(options: LookupOptions, answer: ValueType, context: AsyncNodeContext): Questioner {
  const by = options.cache?.by === undefined ? null : context.evaluator(['cache', 'by']);
  const json = context.encoder({ codec: 'json', options: {}, schema: dynamic }, dynamic);
  const textOf = (value: unknown): string => Buffer.from(json(value)).toString();
  const { http, $use } = options;
  const ask = http === undefined ? null : httpQuestions(http, answer, context, textOf);
  const questions = ask ?? functionQuestions($use, answer, context, textOf);
  if (by === null) return questions;
  return (batch, row) => ({ ...questions(batch, row), key: () => textOf(by(batch, row)) });
}

function functionQuestions(
  use: LookupOptions['$use'],
  answer: ValueType,
  context: AsyncNodeContext,
  textOf: (value: unknown) => string,
): Questioner {
  if (use === undefined) throw new HeadraceError('MISSING_KEY', `Lookup "${context.node}" has nobody to ask.`);
  const ask = use.bound<LookupFunction>();
  const fit = context.fit(answer, 'returns');
  return (batch, row) => {
    const record = context.record(batch, row);
    return {
      key: () => textOf([record.key, record.value]),
      ask: async (signal) => checked(fit, (await ask(record.value, record, { signal })) ?? null),
    };
  };
}

// An answer of the wrong type is as wrong the next time.
function checked(fit: (value: unknown) => unknown, value: unknown): unknown {
  try {
    return fit(value);
  } catch (cause) {
    throw new HeadraceError('LOOKUP_FAILED', `The answer is not of its type: ${(cause as Error).message}`, {
      retryable: false,
      cause,
    });
  }
}

function httpQuestions(
  http: NonNullable<LookupOptions['http']>,
  answer: ValueType,
  context: AsyncNodeContext,
  textOf: (value: unknown) => string,
): Questioner {
  const at = (...path: Path): Evaluator => context.evaluator(['http', ...path]);
  const url = at('url');
  const query = Object.keys(http.query ?? {}).map((name) => [name, at('query', name)] as const);
  const headers = Object.keys(http.headers ?? {}).map((name) => [name, at('headers', name)] as const);
  const body = http.body === undefined ? null : at('body');
  const method = http.method ?? (body === null ? 'GET' : 'POST');
  const decode = context.decoder({ codec: 'json', options: {}, schema: answer });
  const all = (parts: readonly (readonly [string, Evaluator])[], batch: RecordBatch, row: number) =>
    Object.fromEntries(parts.map(([name, evaluate]) => [name, evaluate(batch, row)]));
  return (batch, row) => {
    const content = body === null ? null : body(batch, row);
    const text = content === null || typeof content === 'string' ? content : textOf(content);
    const typed = text === null || typeof content === 'string' ? {} : { 'content-type': 'application/json' };
    const request = httpRequest(
      url(batch, row),
      method,
      all(query, batch, row),
      { accept: 'application/json', ...typed, ...all(headers, batch, row) },
      text,
    );
    return {
      key: () => JSON.stringify(request),
      ask: async (signal) => {
        const bytes = await sendRequest(request, signal);
        return checked(() => (bytes === null ? null : decode(bytes, 0, bytes.length, -1)), null);
      },
    };
  };
}

/** Returns the value of a row without what a lookup adds. */
export function valueOf(batch: RecordBatch, row: number): unknown {
  return itemAt(batch.values, row);
}
