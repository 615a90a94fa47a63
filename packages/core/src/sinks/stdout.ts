import type { Writable } from 'node:stream';
import { Type } from '../component/option-type.ts';
import { sinkSpec, type SinkExtras } from '../component/author/source-and-sink.ts';
import type { WrittenCodec } from '../component/author/codec-spec.ts';
import type { SinkSpec } from '../component/author/stream.ts';
import { codecOption } from '../component/option-schemas.ts';
import { defineSink } from '../component/define.ts';
import type { Refusal } from '../component/refusal.ts';
import type { Sink, SinkDefinition } from '../component/sink.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { RecordBatch } from '../record/record-batch.ts';
import { anyLine, linesOf } from './lines.ts';

const options = Type.Object(
  {
    value: Type.Optional(codecOption('The codec of values, one line each; json unless written.')),
  },
  { additionalProperties: false },
);

/** Declares a sink that writes one line a record to a stream, which is asked for when the sink is created. */
export function streamSink(stream: () => Writable): SinkDefinition {
  return defineSink({
    type: 'stdout',
    summary: 'Writes one line a record to the standard output; a null value is the line "null".',
    options,
    examples: [
      { summary: 'Records as JSON', options: {} },
      { summary: 'Text as it is', options: { value: 'string' } },
    ],
    infer(written, input, context) {
      const value = context.writes(['value'], written.value, input.value, { codec: 'json', schemaName: 'stdout' });
      return value === null ? null : { key: null, value };
    },
    traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 1, transactional: false, idempotent: false }),
    create: (_options, context) => new StreamSink(stream(), context.node),
  });
}

/** Writes one line a record to the standard output. */
export const stdoutSinkDefinition = streamSink(() => process.stdout);

class StreamSink implements Sink {
  readonly #stream: Writable;
  readonly #node: string;
  #closed = false;
  constructor(stream: Writable, node: string) {
    this.#stream = stream;
    this.#node = node;
    ignoreFaults(stream);
  }

  async begin(): Promise<void> {}

  /** Waits until the stream has taken the lines, which is what holds back a reader that is slow. */
  async write(batch: RecordBatch): Promise<readonly Refusal[]> {
    if (this.#closed)
      throw new HeadraceError('SINK_CLOSED', `Sink "${this.#node}" is closed.`, { place: { node: this.#node } });
    const { bytes, refusals } = linesOf(batch, anyLine);
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(this.#failed(error));
      });
    });
    return refusals;
  }

  async durable(): Promise<void> {}

  async drain(): Promise<void> {}

  async discard(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
  }

  #failed(cause: Error): HeadraceError {
    const closed = (cause as NodeJS.ErrnoException).code === 'EPIPE' ? 'its reader has gone' : cause.message;
    const message = `Sink "${this.#node}" cannot write to the standard output: ${closed}.`;
    return new HeadraceError('WRITE_FAILED', message, { place: { node: this.#node }, cause });
  }
}

const ignored = new WeakSet<Writable>();

/** Without a listener a stream's fault ends the process, even after its last write; the write that it hit reports it. */
function ignoreFaults(stream: Writable): void {
  if (ignored.has(stream)) return;
  ignored.add(stream);
  stream.on('error', () => {});
}

/** Writes to the standard output in a TypeScript topology. */
export function stdoutSink(options: SinkExtras & { readonly value?: WrittenCodec } = {}): SinkSpec {
  return sinkSpec('stdout', options);
}
