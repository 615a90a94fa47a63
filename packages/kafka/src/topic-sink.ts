import { HeadraceError } from '@headrace/core';
import type { AppendOptions, Column, Columns, Log, RecordBatch, Refusal, Sink, SinkContext } from '@headrace/core';
import { partitionOf } from './murmur2.ts';

/** So many neighbours without a key share a partition, for larger batches. */
const keylessRun = 64;

/** Writes batches to one topic: it awaits the acknowledgement of each, so that nothing lingers. */
export class TopicSink implements Sink {
  readonly #topic: string;
  readonly #options: AppendOptions;
  readonly #log: SinkContext['log'];
  #partitions: Promise<number> | null = null;
  #closed = false;

  constructor(
    topic: string,
    compression: NonNullable<AppendOptions['compression']>,
    context: Pick<SinkContext, 'log'>,
  ) {
    this.#topic = topic;
    this.#options = { compression };
    this.#log = () => context.log();
  }

  async begin(): Promise<void> {}

  async write(batch: RecordBatch, signal: AbortSignal): Promise<readonly Refusal[]> {
    if (this.#closed) throw new HeadraceError('SINK_CLOSED', `The sink of topic "${this.#topic}" is closed.`);
    const log = await this.#log();
    const count = await this.#partitionCount(log);
    signal.throwIfAborted();
    const records = selectedRows(batch);
    const partitions = Int32Array.from({ length: records.count }, (_, row) => partitionFor(records, row, count));
    try {
      const refusals = await log.append(this.#topic, partitions, records, this.#options);
      return refusals.map((refusal) => ({ ...refusal, row: batch.row(refusal.row) }));
    } catch (error) {
      // The topic may have been made anew, with other partitions.
      if (error instanceof HeadraceError && error.code === 'UNKNOWN_TOPIC') this.#partitions = null;
      throw error;
    }
  }

  async durable(): Promise<void> {}

  async drain(): Promise<void> {}

  async discard(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
  }

  async #partitionCount(log: Log): Promise<number> {
    this.#partitions ??= log.partitions(this.#topic);
    try {
      return await this.#partitions;
    } catch (error) {
      this.#partitions = null;
      throw error;
    }
  }
}

// Without a key the partition follows from the offset, so that a replay gives the same.
function partitionFor({ keys, offsets }: Columns, row: number, count: number): number {
  if (keys.kind === 'bytes') {
    const start = keys.starts[row] as number;
    if (start >= 0) return partitionOf(keys.buffer, start, keys.ends[row] as number, count);
  } else {
    const key = keys.items[row];
    if (key instanceof Uint8Array) return partitionOf(key, 0, key.length, count);
  }
  return Math.floor((offsets[row] as number) / keylessRun) % count;
}

function selectedRows(batch: RecordBatch): Columns {
  const { selection, count, offsets, timestamps, keys, values, headers } = batch;
  if (selection === null) return { count, offsets, timestamps, keys, values, headers };
  return {
    count: selection.length,
    offsets: Float64Array.from(selection, (row) => offsets[row] as number),
    timestamps: Float64Array.from(selection, (row) => timestamps[row] as number),
    keys: selectedCells(keys, selection),
    values: selectedCells(values, selection),
    headers: selectedCells(headers, selection),
  };
}

function selectedCells(column: Column, selection: Uint32Array): Column {
  if (column.kind === 'objects') return { kind: 'objects', items: Array.from(selection, (row) => column.items[row]) };
  const pick = (from: Int32Array): Int32Array => Int32Array.from(selection, (row) => from[row] as number);
  const { kind, buffer, starts, ends, schemaIds } = column;
  return {
    kind,
    buffer,
    starts: pick(starts),
    ends: pick(ends),
    schemaIds: schemaIds === null ? null : pick(schemaIds),
  };
}
