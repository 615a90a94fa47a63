import { Type } from '../component/option-type.ts';
import { defineCodec } from '../component/define.ts';
import { convertingEncoder } from './converting-encoder.ts';
import { DataFault, kindOf } from './data-fault.ts';
import { writtenSchema } from './written-schema.ts';

const schema = { kind: 'bytes' } as const;

/** Passes bytes on as they are. */
export const bytesCodec = defineCodec({
  type: 'bytes',
  summary: 'Bytes as they are.',
  options: Type.Object({}, { additionalProperties: false }),
  examples: [{ summary: 'Bytes that nobody looks into', options: {} }],
  decodesAll: true,
  exact: true,
  reads: () => schema,
  writes: (_options, type, at, context) => writtenSchema(type, schema, at, context),
  decoder: () => (buffer, start, end) => new Uint8Array(buffer.subarray(start, end)),
  encoder: (_encoding, from) =>
    convertingEncoder(schema, from, (value) => {
      if (value instanceof Uint8Array) return value;
      throw new DataFault('NOT_ENCODABLE', `expected bytes, found ${kindOf(value)}`);
    }),
});
