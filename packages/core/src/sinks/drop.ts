import { Type } from '../component/option-type.ts';
import { sinkSpec, type SinkExtras } from '../component/author/source-and-sink.ts';
import type { SinkSpec } from '../component/author/stream.ts';
import type { Encoding } from '../component/encoding.ts';
import { defineSink } from '../component/define.ts';
import type { Sink } from '../component/sink.ts';
import { isDynamic, type ValueType } from '../types/edge-type.ts';

/** Takes records and does nothing with them; the runtime counts them as delivered. */
export const dropSinkDefinition = defineSink({
  type: 'drop',
  summary: 'Counts and acknowledges records, and does nothing else with them.',
  options: Type.Object({}, { additionalProperties: false }),
  examples: [{ summary: 'Records that nobody needs', options: {} }],
  infer: (_options, input) => ({ key: null, value: anyEncoding(input.value) }),
  traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 64, transactional: false, idempotent: true }),
  create: (): Sink => ({
    begin: async () => {},
    write: async () => [],
    durable: async () => {},
    drain: async () => {},
    discard: async () => {},
    close: async () => {},
  }),
});

/** What is dropped is encoded like anything else; Avro has a form for all values of a schema, JSON for dynamic ones. */
function anyEncoding(schema: ValueType): Encoding {
  return { codec: isDynamic(schema) ? 'json' : 'avro', options: {}, schema };
}

/** Counts records and does nothing else with them, in a TypeScript topology. */
export function dropSink(options: SinkExtras = {}): SinkSpec {
  return sinkSpec('drop', options);
}
