import { bytesAt, defineSink, type Component, type RecordBatch, type Refusal } from '@headrace/core';

/** What a sink does with a batch: it takes it when this resolves, but for the rows that it refuses. */
export type Mood = (batch: RecordBatch, signal: AbortSignal) => Promise<readonly Refusal[]>;

/** A sink of a test's own, which does as it is told. */
export class MoodySink {
  readonly component: Component;
  /** Takes everything at once unless a test says otherwise. */
  mood: Mood = () => Promise.resolve([]);
  /** The values that it has taken, in the order of taking. */
  readonly taken: unknown[] = [];
  /** How often it was asked to write. */
  writes = 0;

  constructor() {
    const write: Mood = (batch, signal) => this.#write(batch, signal);
    this.component = defineSink({
      type: 'moody',
      summary: 'Does with each batch what the test says.',
      options: { type: 'object', properties: {}, additionalProperties: false },
      examples: [],
      infer: (_options, input, context) => {
        const value = context.writes(['value'], 'json', input.value, { codec: 'json', schemaName: 'Moody' });
        return value === null ? null : { key: null, value };
      },
      traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 4, transactional: false, idempotent: false }),
      create: () => ({
        begin: async () => {},
        write,
        durable: async () => {},
        drain: async () => {},
        discard: async () => {},
        close: async () => {},
      }),
    });
  }

  async #write(batch: RecordBatch, signal: AbortSignal): Promise<readonly Refusal[]> {
    this.writes++;
    // The batch is the sink's only until it has answered.
    const values = Array.from({ length: batch.rows }, (_, i) => ({ row: batch.row(i), value: valueOf(batch, i) }));
    const refusals = await this.mood(batch, signal);
    const refused = new Set(refusals.map(({ row }) => row));
    for (const { row, value } of values) if (!refused.has(row)) this.taken.push(value);
    return refusals;
  }
}

function valueOf(batch: RecordBatch, i: number): unknown {
  if (batch.values.kind !== 'bytes') throw new Error('Values come as bytes.');
  return JSON.parse(Buffer.from(bytesAt(batch.values, batch.row(i)) ?? 'null').toString());
}
