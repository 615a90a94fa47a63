import { Type } from '../component/option-type.ts';
import type { CodecDefinition } from '../component/codec.ts';
import { defineCodec } from '../component/define.ts';
import { codecError, DataFault, kindOf } from './data-fault.ts';
import { convertingEncoder } from './converting-encoder.ts';
import { writtenSchema } from './written-schema.ts';

/** What differs between the codecs of numbers. */
export interface FixedWidth {
  readonly type: 'int' | 'long' | 'float' | 'double';
  readonly summary: string;
  readonly size: 4 | 8;
  read(view: DataView, at: number): number | bigint;
  /** Tells whether a number can be written without loss. */
  holds(value: number | bigint): boolean;
  write(view: DataView, value: number | bigint): void;
}

/** Declares a codec of numbers in Kafka's own form: big endian, of a fixed width. */
export function fixedWidthCodec(number: FixedWidth): CodecDefinition {
  const schema = { kind: number.type } as const;
  return defineCodec({
    type: number.type,
    summary: number.summary,
    options: Type.Object({}, { additionalProperties: false }),
    examples: [{ summary: `Keys of ${number.size} bytes`, options: {} }],
    // A number that is none may have many forms, and a zero two signs.
    ...(number.type === 'int' || number.type === 'long' ? { exact: true as const } : {}),
    reads: () => schema,
    writes: (_options, type, at, context) => writtenSchema(type, schema, at, context),
    decoder: () => (buffer, start, end) => {
      if (end - start !== number.size) {
        const fault = new DataFault('BAD_LENGTH', `a ${number.type} has ${number.size} bytes, not ${end - start}`);
        throw codecError(fault, 'BAD_LENGTH');
      }
      return number.read(new DataView(buffer.buffer, buffer.byteOffset, buffer.length), start);
    },
    encoder: (_encoding, from) =>
      convertingEncoder(schema, from, (value) => {
        if ((typeof value !== 'number' && typeof value !== 'bigint') || !number.holds(value)) {
          throw new DataFault('NOT_ENCODABLE', `expected a number that a ${number.type} holds, found ${kindOf(value)}`);
        }
        const bytes = Buffer.alloc(number.size);
        number.write(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), value);
        return bytes;
      }),
  });
}
