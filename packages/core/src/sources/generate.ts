import type { Field, RecordSchema } from '@headrace/avro';
import type { Static } from 'typebox';
import { Type } from '../component/option-type.ts';
import type { SchemaValue } from '../component/author/schema-value.ts';
import { sourceSpec, type SourceExtras } from '../component/author/source-and-sink.ts';
import type { SourceSpec } from '../component/author/stream.ts';
import type { Written, WrittenText } from '../component/author/written.ts';
import type { Clock } from '../component/clock.ts';
import type { InferContext } from '../component/contexts.ts';
import { defineSource } from '../component/define.ts';
import { expressionOption, schemaOption } from '../component/option-schemas.ts';
import type { Position } from '../component/position.ts';
import type { ReadLimit, ReadResult, SplitReader } from '../component/split-reader.ts';
import type { ProjectField } from '../component/stage-op.ts';
import { nullColumn, type Columns } from '../record/columns.ts';
import { avroTypeOf } from '../types/avro-type-of.ts';
import { isDynamic, type EdgeType, type ValueType } from '../types/edge-type.ts';
import { streamEdge } from '../types/stream-edge.ts';
import { notRandom, randomOf, randomValue } from './generate/random-value.ts';

const options = Type.Object(
  {
    rate: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'How many records a second; as many as are taken unless written.',
      }),
    ),
    count: Type.Optional(
      Type.Integer({ minimum: 0, description: 'How many records in all; without end unless written.' }),
    ),
    seed: Type.Optional(Type.Integer({ description: 'What values of a schema are made from; 1 unless written.' })),
    schema: Type.Optional(schemaOption('The schema of records whose values are made up.')),
    select: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }), expressionOption('What makes the field.'), {
        minProperties: 1,
        description: 'The fields of the records, by expressions over "index", the number of the record from 0.',
      }),
    ),
  },
  { additionalProperties: false },
);

type GenerateOptions = Static<typeof options>;

const indexed: RecordSchema = {
  kind: 'record',
  name: null,
  fields: [{ name: 'index', type: { kind: 'long' }, aliases: [] }],
};

/** Makes records up. */
export const generateSource = defineSource({
  type: 'generate',
  summary: 'Makes records up: by expressions over their number, or values of a schema, the same in every run.',
  options,
  examples: [
    {
      summary: 'Ten records a second',
      options: { rate: 10, select: { id: "'order-' + string(index)", amount: 'index * 2' } },
    },
    {
      summary: 'A thousand records of a schema',
      options: {
        count: 1000,
        seed: 7,
        schema: { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] },
      },
    },
  ],
  infer(written, context) {
    const base = baseOf(written, context);
    if (base === null) return null;
    const value = written.select === undefined ? base : selected(written.select, base, context);
    if (value === null) return null;
    const encoding = { codec: 'avro', options: {}, schema: base };
    return { output: streamEdge(value), key: null, value: encoding };
  },
  traits: ({ count }) => ({ scope: 'single', replay: 'position', bounded: count !== undefined }),
  lower({ select }, context) {
    if (select === undefined) return [];
    const output = (context.outputs['out'] as EdgeType).value;
    const fields = Object.entries(select).map(([name, text]): ProjectField => [
      name,
      context.expression(['select', name], text, streamEdge(indexed)),
    ]);
    return [{ op: 'project', let: [], fields, output }];
  },
  create(written, { clock, value }) {
    return {
      async *splits() {
        yield 'generated';
      },
      open: (_split, at) => new Generator(written, value.schema, at, clock),
    };
  },
});

class Generator implements SplitReader {
  readonly #options: GenerateOptions;
  readonly #schema: ValueType;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #first: number;
  #index: number;

  constructor(written: GenerateOptions, schema: ValueType, at: Position | null, clock: Clock) {
    this.#options = written;
    this.#schema = schema;
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
    this.#first = this.#index = at === null ? 0 : (at as { readonly index: number }).index;
  }

  async read(limit: ReadLimit, signal: AbortSignal): Promise<ReadResult | 'idle' | 'end'> {
    const left = (this.#options.count ?? Infinity) - this.#index;
    if (left <= 0) return 'end';
    const due = this.#due();
    if (due <= 0) {
      await this.#wait(limit.waitMs, signal);
      return 'idle';
    }
    const records = this.#make(Math.min(left, due, limit.records));
    this.#index += records.count;
    return { records, next: { version: 1, index: this.#index }, nextOffset: this.#index };
  }

  share(at: Position | null): { readonly done: number; readonly total: number } | null {
    const { count } = this.#options;
    const done = at === null ? this.#first : (at as { readonly index: number }).index;
    return count === undefined ? null : { done, total: count };
  }

  async close(): Promise<void> {}

  /** How many records are due that were not made yet. */
  #due(): number {
    const { rate } = this.#options;
    if (rate === undefined) return Infinity;
    const elapsed = this.#clock.monotonic() - this.#startedAt;
    return this.#first + Math.floor((elapsed * rate) / 1000) + 1 - this.#index;
  }

  async #wait(waitMs: number, signal: AbortSignal): Promise<void> {
    const { rate = 1 } = this.#options;
    const nextAt = this.#startedAt + ((this.#index - this.#first) * 1000) / rate;
    const ms = Math.max(1, Math.min(waitMs, Math.ceil(nextAt - this.#clock.monotonic())));
    await new Promise<void>((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#clock.after(ms, end);
      signal.addEventListener('abort', end, { once: true });
    });
  }

  #make(count: number): Columns {
    const indexes = Array.from({ length: count }, (_, i) => this.#index + i);
    const { select, seed = 1 } = this.#options;
    const schema = this.#schema;
    const items = indexes.map((index) =>
      select !== undefined || isDynamic(schema) ? { index } : randomValue(schema, randomOf(seed, index)),
    );
    return {
      count,
      offsets: Float64Array.from(indexes),
      timestamps: new Float64Array(count).fill(this.#clock.now()),
      keys: nullColumn(count),
      values: { kind: 'objects', items },
      headers: nullColumn(count),
    };
  }
}

function baseOf({ schema, select }: GenerateOptions, context: InferContext): ValueType | null {
  if (select !== undefined && schema !== undefined) {
    const message = '"schema" has no meaning beside "select".';
    context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: ['schema'], on: 'key', message });
    return null;
  }
  if (select !== undefined) return indexed;
  if (schema === undefined) {
    const message = 'one of "schema" and "select" is needed.';
    context.report({ code: 'MISSING_KEY', severity: 'error', at: [], on: 'key', message });
    return null;
  }
  const type = context.schema(['schema'], schema);
  const problem = type === null || isDynamic(type) ? null : notRandom(type);
  if (problem === null) return type;
  const message = `values cannot be made up for ${problem}: use "select".`;
  context.report({ code: 'SCHEMA_INVALID', severity: 'error', at: ['schema'], message });
  return null;
}

function selected(
  select: NonNullable<GenerateOptions['select']>,
  base: ValueType,
  context: InferContext,
): RecordSchema | null {
  const fields = Object.entries(select).map(([name, text]): Field | null => {
    const expression = context.expression(['select', name], text, streamEdge(base));
    if (expression === null) return null;
    const type = avroTypeOf(expression.type);
    if (type !== null) return { name, type, aliases: [] };
    const message = `the type of "${name}" cannot be known before the topology runs.`;
    context.report({ code: 'OUTPUT_SCHEMA_NEEDED', severity: 'error', at: ['select', name], message });
    return null;
  });
  return fields.every((field) => field !== null) ? { kind: 'record', name: null, fields } : null;
}

/** What the source `generate` takes in a TypeScript topology: values of a schema, or fields by expressions over `index`. */
export type WrittenGenerate<S> = Written<Pick<GenerateOptions, 'rate' | 'count' | 'seed'>> &
  SourceExtras &
  (
    | { readonly schema: S; readonly select?: undefined }
    | { readonly schema?: undefined; readonly select: { readonly [name: string]: WrittenText } }
  );

/** Makes records up in a TypeScript topology: with a schema `as const` its values have that type; what `select` makes is unknown to TypeScript. */
export function generate<V = unknown>(options: WrittenGenerate<string>): SourceSpec<V>;
export function generate<const S extends object>(options: WrittenGenerate<S>): SourceSpec<SchemaValue<S>>;
export function generate(options: WrittenGenerate<unknown>): SourceSpec<unknown> {
  return sourceSpec('generate', options);
}
