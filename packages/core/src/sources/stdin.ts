import type { Readable } from 'node:stream';
import type { Static } from 'typebox';
import { Type } from '../component/option-type.ts';
import type { CodecValue, WrittenCodec } from '../component/author/codec-spec.ts';
import { sourceSpec, type SourceExtras } from '../component/author/source-and-sink.ts';
import type { SourceSpec } from '../component/author/stream.ts';
import type { Written, WrittenExpression } from '../component/author/written.ts';
import { fitsLines } from '../codecs/line-codecs.ts';
import { defineSource } from '../component/define.ts';
import { hasKnownType } from '../component/has-known-type.ts';
import { keyTypeOf } from '../component/key-type.ts';
import { codecOption, expressionOrFunctionOption } from '../component/option-schemas.ts';
import type { Position } from '../component/position.ts';
import { parseSize, sizeOption } from '../component/size.ts';
import type { SourceDefinition } from '../component/source.ts';
import type { ReadLimit, ReadResult, SplitReader } from '../component/split-reader.ts';
import type { StageOp } from '../component/stage-op.ts';
import type { Clock } from '../component/clock.ts';
import { bytesColumn, nullColumn } from '../record/columns.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { streamEdge } from '../types/stream-edge.ts';
import { KeptLines, type KeptLine } from './stdin/kept-lines.ts';

const options = Type.Object(
  {
    value: Type.Optional(
      codecOption(
        'The codec of values, one line each: string, json, csv (without a header) or bytes; string unless written.',
      ),
    ),
    keyBy: Type.Optional(expressionOrFunctionOption('The key of a record; none unless written.')),
    timestamp: Type.Optional(expressionOrFunctionOption('The time of a record; the time of reading unless written.')),
    maxLine: Type.Optional(sizeOption('The longest line that is read; "16MiB" unless written.')),
  },
  { additionalProperties: false },
);

type StdinOptions = Static<typeof options>;

/** Declares a source that reads the lines of a stream, which is asked for when the source is created. */
export function streamSource(stream: () => Readable): SourceDefinition {
  return defineSource({
    type: 'stdin',
    summary:
      'Reads lines of the standard input, which cannot be read again after the process has ended: the topology says "guarantee": "best-effort".',
    options,
    examples: [
      { summary: 'Lines of text', options: {} },
      { summary: 'NDJSON with a key', options: { value: 'json', keyBy: 'id' } },
    ],
    infer(written, context) {
      const value = context.reads(['value'], written.value ?? 'string');
      if (value === null || !fitsLines(value, context)) return null;
      const read = streamEdge(value.schema);
      const { timestamp, keyBy } = written;
      if (timestamp !== undefined) context.expression(['timestamp'], timestamp, read, { expected: 'timestamp' });
      if (keyBy === undefined) return { output: read, key: null, value };
      const by = context.expression(['keyBy'], keyBy, read);
      if (by === null || !hasKnownType(by, ['keyBy'], context)) return null;
      return { output: { ...read, key: keyTypeOf(by, read) }, key: null, value };
    },
    traits: () => ({ scope: 'single', replay: 'none', bounded: true }),
    lower({ timestamp, keyBy }, context) {
      const read: EdgeType = { ...(context.outputs['out'] as EdgeType), key: null };
      const ops: StageOp[] = [];
      if (timestamp !== undefined)
        ops.push({
          op: 'timestamp',
          at: context.expression(['timestamp'], timestamp, read, { expected: 'timestamp' }),
        });
      if (keyBy !== undefined) ops.push({ op: 'key', by: context.expression(['keyBy'], keyBy, read), null: null });
      return ops;
    },
    create(written, { node, clock, value }) {
      const maxLine = parseSize(written.maxLine ?? '16MiB') ?? Infinity;
      const skipEmpty = value.codec === 'json' || value.codec === 'csv';
      let lines: KeptLines | null = null;
      return {
        async *splits() {
          yield 'stdin';
        },
        open(_split, at) {
          const first = offsetOf(at);
          lines ??= new KeptLines(stream(), { first, maxLine, node, skipEmpty });
          return new LineReader(lines, first, clock);
        },
      };
    },
  });
}

/** Reads lines of the standard input. */
export const stdinSource = streamSource(() => process.stdin);

class LineReader implements SplitReader {
  readonly #lines: KeptLines;
  readonly #clock: Clock;
  #next: number;

  constructor(lines: KeptLines, next: number, clock: Clock) {
    this.#lines = lines;
    this.#next = next;
    this.#clock = clock;
  }

  async read(limit: ReadLimit, signal: AbortSignal): Promise<ReadResult | 'idle' | 'end'> {
    let lines = this.#lines.from(this.#next, limit);
    if (lines?.length === 0) {
      await this.#wait(limit.waitMs, signal);
      if (signal.aborted) return 'idle';
      lines = this.#lines.from(this.#next, limit);
    }
    if (lines === null) return 'end';
    const last = lines.at(-1);
    if (last === undefined) return 'idle';
    this.#next = last.offset + 1;
    return { records: this.#columns(lines), next: { version: 1, offset: this.#next }, nextOffset: this.#next };
  }

  async committed(at: Position): Promise<void> {
    this.#lines.forget(offsetOf(at));
  }

  async close(): Promise<void> {}

  async #wait(waitMs: number, signal: AbortSignal): Promise<void> {
    let stop = (): void => {};
    const over = new Promise<void>((resolve) => {
      const cancel = this.#clock.after(waitMs, resolve);
      const aborted = (): void => resolve();
      signal.addEventListener('abort', aborted, { once: true });
      stop = () => {
        cancel();
        signal.removeEventListener('abort', aborted);
      };
    });
    const more = this.#lines.more();
    // Whoever waits next is told of a failure.
    more.catch(() => {});
    try {
      await Promise.race([more, over]);
    } finally {
      stop();
    }
  }

  #columns(lines: readonly KeptLine[]) {
    const count = lines.length;
    return {
      count,
      offsets: Float64Array.from(lines, ({ offset }) => offset),
      timestamps: new Float64Array(count).fill(this.#clock.now()),
      keys: nullColumn(count),
      values: bytesColumn(lines.map(({ bytes }) => bytes)),
      headers: nullColumn(count),
    };
  }
}

function offsetOf(at: Position | null): number {
  return at === null ? 0 : (at as { readonly offset: number }).offset;
}

/** What the source `stdin` takes in a TypeScript topology. */
export type WrittenStdin<C extends WrittenCodec> = Written<Omit<StdinOptions, 'value' | 'keyBy' | 'timestamp'>> &
  SourceExtras & {
    readonly value?: C;
    readonly keyBy?: WrittenExpression<CodecValue<C>>;
    readonly timestamp?: WrittenExpression<CodecValue<C>>;
  };

/** Reads lines of the standard input in a TypeScript topology; the type of its values is that of its codec, text unless written. */
export function stdin<const C extends WrittenCodec = 'string'>(
  options: WrittenStdin<C> = {},
): SourceSpec<CodecValue<C>> {
  return sourceSpec('stdin', options);
}
