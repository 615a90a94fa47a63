import { within } from '../avro-error.ts';
import { defaultValue } from '../default-value.ts';
import type { Field, LongForm } from '../schema.ts';
import { compileWrite } from '../write.ts';
import { Writer, type Write } from '../writer.ts';

/** Encodes a field's values by closures: what generated code calls for values that it leaves to them, or doubts. */
export interface FieldEncoder {
  /** Returns the bytes of a value, or of the default for undefined; throws NOT_ENCODABLE naming the place. */
  readonly encode: (value: unknown) => Uint8Array;
  /** Returns the default for undefined; throws what the object codec throws for every other value. */
  readonly recover: (value: unknown) => unknown;
}

/** Returns the encoder of a field that stands at a path. */
export function fieldEncoder(field: Field, path: readonly string[], long: LongForm): FieldEncoder {
  let write: Write | null = null;
  let idle: Writer | null = new Writer();
  const encode = (value: unknown): Uint8Array => {
    write ??= compileWrite({ kind: 'record', name: null, fields: [field] }, long);
    // A value may run code of the user's, which may encode something in turn.
    const writer = idle ?? new Writer();
    idle = null;
    try {
      writer.open();
      write(writer, { [field.name]: value });
      return writer.copy();
    } catch (error) {
      throw path.reduceRight((inner: unknown, step) => within(step, inner), error);
    } finally {
      idle = writer;
    }
  };
  return {
    encode,
    recover(value) {
      if (value === undefined && field.default !== undefined) return defaultValue(field, long);
      encode(value);
      throw new Error(`generated code refuses a value of "${field.name}" that the object codec writes`);
    },
  };
}
