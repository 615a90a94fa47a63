import type { Schema } from '@headrace/avro';
import type { Encoder } from '../component/encoding.ts';
import type { ValueType } from '../types/edge-type.ts';
import { codecError } from './data-fault.ts';
import { project } from './project/projection.ts';

/** Returns an encoder that makes values of type `from` into values of the schema before it writes them. */
export function convertingEncoder(schema: Schema, from: ValueType, write: (value: unknown) => Uint8Array): Encoder {
  const convert = project(from, schema);
  return (value) => {
    try {
      return write(convert === null ? value : convert(value));
    } catch (thrown) {
      throw codecError(thrown, 'NOT_ENCODABLE');
    }
  };
}
