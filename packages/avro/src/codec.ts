import { compileRead } from './read.ts';
import { Reader, type Read } from './reader.ts';
import { resolve } from './resolution.ts';
import type { Schema } from './schema.ts';
import { compileWrite } from './write.ts';
import { Writer, type Write } from './writer.ts';

/** Decodes the bytes of a datum. */
export interface Decoder {
  /**
   * Returns the datum that fills the bytes from `start` to `end`, with nothing after it.
   * Nothing of the buffer is kept: bytes are copied. Throws AvroError for any bytes that are not such a datum.
   */
  decode(buffer: Uint8Array, start: number, end: number): unknown;
}

/** Decodes and encodes values of one schema (Avro 1.12, "Binary Encoding"). */
export interface Codec extends Decoder {
  readonly schema: Schema;
  /** Returns the bytes of a value, as a copy; throws AvroError NOT_ENCODABLE naming the place that does not fit. */
  encode(value: unknown): Uint8Array;
}

const CODECS = new WeakMap<Schema, Codec>();

/** Returns the codec of a schema; the same one for the same object. */
export function createCodec(schema: Schema): Codec {
  const before = CODECS.get(schema);
  if (before !== undefined) return before;
  let write: Write | null = null;
  const codec: Codec = {
    schema,
    ...decoderOf(compileRead(resolve(schema, schema))),
    encode(value) {
      write ??= compileWrite(schema);
      return encodeWith(write, value);
    },
  };
  CODECS.set(schema, codec);
  return codec;
}

/**
 * Returns a decoder that shows what `writer` wrote as values of `reader` (Avro 1.12, "Schema Resolution").
 * Throws AvroError RESOLUTION_FAILED, naming the field, where no datum could be shown so; where only some data can,
 * `decode` throws it.
 */
export function createResolvingCodec(writer: Schema, reader: Schema): Decoder {
  return decoderOf(compileRead(resolve(writer, reader)));
}

// Decoding calls nothing of the user's, so that one reader serves all.
const READER = new Reader();

function decoderOf(read: Read): Decoder {
  return {
    decode(buffer, start, end) {
      READER.open(buffer, start, end);
      try {
        const value = read(READER);
        READER.expectEnd();
        return value;
      } finally {
        READER.close();
      }
    },
  };
}

let idleWriter: Writer | null = new Writer();

/** Encodes with the shared writer, or with a new one inside a getter that a value calls while it is encoded. */
function encodeWith(write: Write, value: unknown): Uint8Array {
  const writer = idleWriter ?? new Writer();
  idleWriter = null;
  try {
    writer.open();
    write(writer, value);
    return writer.copy();
  } finally {
    idleWriter = writer;
  }
}
