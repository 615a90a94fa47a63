import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { InferContext, SinkContext } from '../component/contexts.ts';
import type { Sink } from '../component/sink.ts';
import { bytesColumn, nullColumn } from '../record/columns.ts';
import type { RecordBatch } from '../record/record-batch.ts';
import { TaskBatch } from '../record/task-batch.ts';
import { dynamic, type EdgeType } from '../types/edge-type.ts';
import { dropSinkDefinition } from './drop.ts';
import { streamSink } from './stdout.ts';

const account = { opened: () => {}, closed: () => {} };
const signal = new AbortController().signal;

function batchOf(values: readonly (string | null)[]): RecordBatch {
  const count = values.length;
  return new TaskBatch(account, {
    origin: { task: 't', incarnation: 1, source: 's', split: 's' },
    epoch: 0,
    place: 0,
    columns: {
      count,
      offsets: new Float64Array(count),
      timestamps: new Float64Array(count),
      keys: nullColumn(count),
      values: bytesColumn(values.map((value) => (value === null ? null : Buffer.from(value)))),
      headers: nullColumn(count),
    },
    selection: Uint32Array.from([0, 2]),
    ordinals: null,
    failures: null,
    bytes: 0,
  });
}

/** A stream that takes a chunk when it is told to. */
class SlowStream extends Writable {
  text = '';
  take: ((error?: Error) => void) | null = null;

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    this.take = (error) => {
      if (error === undefined) this.text += chunk.toString();
      callback(error);
    };
  }
}

const sinkOn = (stream: Writable): Sink => streamSink(() => stream).create({}, { node: 'out' } as SinkContext);

describe('the stdout sink', () => {
  it('writes a line for each selected row, a null as such, and waits for the stream', async () => {
    const stream = new SlowStream();
    let done = false;
    const written = sinkOn(stream)
      .write(batchOf(['{"a":1}', 'not selected', null]), signal)
      .then((refusals) => {
        done = true;
        return refusals;
      });
    await Promise.resolve();
    expect(done).toBe(false);
    stream.take?.();
    expect(await written).toEqual([]);
    expect(stream.text).toBe('{"a":1}\nnull\n');
  });

  it('rejects where the reader has gone, and the process goes on', async () => {
    const stream = new SlowStream();
    const sink = sinkOn(stream);
    const written = sink.write(batchOf(['1', '2', '3']), signal);
    stream.take?.(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await expect(written).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      retryable: false,
      message: expect.stringContaining('its reader has gone') as string,
    });
    await sink.close();
    // The stream says it once more to everybody.
    await new Promise(setImmediate);
    sinkOn(stream);
    expect(stream.listenerCount('error')).toBe(1);
  });

  it('writes JSON unless another codec is written', () => {
    const asked: unknown[] = [];
    const context = {
      node: 'out',
      writes: (...args: unknown[]) => (asked.push(args), null),
    } as unknown as InferContext;
    streamSink(() => process.stdout).infer({}, { value: dynamic } as EdgeType, context);
    expect(asked).toEqual([[['value'], undefined, dynamic, { codec: 'json', schemaName: 'stdout' }]]);
  });
});

describe('the drop sink', () => {
  it('takes everything at once', async () => {
    const sink = dropSinkDefinition.create({}, {} as SinkContext);
    expect(await sink.write(batchOf(['1', null, '3']), signal)).toEqual([]);
    await expect(sink.durable('t', 0)).resolves.toBeUndefined();
    const { value } = dropSinkDefinition.infer({}, { value: { kind: 'long' } } as EdgeType, {} as InferContext) ?? {};
    expect(value).toEqual({ codec: 'avro', options: {}, schema: { kind: 'long' } });
  });
});
