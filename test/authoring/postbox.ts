import {
  bytesAt,
  codecOption,
  defineSink,
  type RecordBatch,
  type Sink,
  type SinkDefinition,
  Type,
} from '@headrace/core';

/** Declares a sink that hands each value to a function, one after the other. */
export function postbox(post: (value: Uint8Array) => Promise<void>): SinkDefinition {
  return defineSink({
    type: 'postbox',
    summary: 'Posts each value.',
    options: Type.Object(
      { value: Type.Optional(codecOption('The codec of values; json unless written.')) },
      { additionalProperties: false },
    ),
    examples: [{ summary: 'Values as JSON', options: {} }],
    infer({ value: written }, input, context) {
      const value = context.writes(['value'], written, input.value, { codec: 'json', schemaName: 'Posted' });
      return value === null ? null : { key: null, value };
    },
    // What `write` has posted is safe at once; a repeated write posts again.
    traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 1, transactional: false, idempotent: false }),
    create(): Sink {
      let closed = false;
      return {
        begin: async () => {},
        async write(batch: RecordBatch, signal) {
          if (closed) throw new Error('the postbox is closed');
          for (let i = 0; i < batch.rows; i++) {
            signal.throwIfAborted();
            const value = batch.values.kind === 'bytes' ? bytesAt(batch.values, batch.row(i)) : null;
            // The bytes are the runtime's again once this resolves: they are copied.
            if (value !== null) await post(new Uint8Array(value));
          }
          return [];
        },
        durable: async () => {},
        drain: async () => {},
        discard: async () => {},
        close: async () => {
          closed = true;
        },
      };
    },
  });
}
