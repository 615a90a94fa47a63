import { Type } from '../component/option-type.ts';
import { defineCodec } from '../component/define.ts';
import { convertingEncoder } from './converting-encoder.ts';
import { codecError, DataFault, kindOf } from './data-fault.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';
import { writtenSchema } from './written-schema.ts';

const schema = { kind: 'string' } as const;

/** Reads and writes text as UTF-8; bytes that are not UTF-8 are an error. */
export const stringCodec = defineCodec({
  type: 'string',
  summary: 'Text in UTF-8.',
  options: Type.Object({}, { additionalProperties: false }),
  examples: [{ summary: 'Text as it is', options: {} }],
  exact: true,
  reads: () => schema,
  writes: (_options, type, at, context) => writtenSchema(type, schema, at, context),
  decoder: () => (buffer, start, end) => {
    try {
      return decodeUtf8(buffer, start, end);
    } catch (thrown) {
      throw codecError(thrown, 'BAD_UTF8');
    }
  },
  encoder: (_encoding, from) =>
    convertingEncoder(schema, from, (value) => {
      if (typeof value === 'string') return encodeUtf8(value);
      throw new DataFault('NOT_ENCODABLE', `expected text, found ${kindOf(value)}`);
    }),
});
