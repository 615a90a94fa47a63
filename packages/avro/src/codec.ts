import { warmRead } from './code/warm-read.ts';
import type { CodecOptions } from './long-form.ts';
import { PairCache } from './pair-cache.ts';
import { compileRead } from './read.ts';
import { Reader } from './reader.ts';
import { resolve } from './resolution.ts';
import type { Resolved } from './resolved.ts';
import type { LongForm, Schema } from './schema.ts';
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

const CODECS: Readonly<Record<LongForm, WeakMap<Schema, Codec>>> = { number: new WeakMap(), bigint: new WeakMap() };
const DECODERS: Readonly<Record<LongForm, PairCache<Decoder>>> = { number: new PairCache(), bigint: new PairCache() };

/** Returns the codec of a schema; the same one for the same object and options. */
export function createCodec(schema: Schema, { long = 'number' }: CodecOptions = {}): Codec {
  const before = CODECS[long].get(schema);
  if (before !== undefined) return before;
  let write: Write | null = null;
  const codec: Codec = {
    schema,
    ...decoderOf(resolve(schema, schema), long),
    encode(value) {
      write ??= compileWrite(schema, long);
      return encodeWith(write, value);
    },
  };
  CODECS[long].set(schema, codec);
  return codec;
}

/**
 * Returns a decoder that shows what `writer` wrote as values of `reader` (Avro 1.12, "Schema Resolution").
 * Throws AvroError RESOLUTION_FAILED, naming the field, where no datum could be shown so; where only some data can,
 * `decode` throws it. The same one for the same pair of objects, as long as no few hundred other pairs were asked for.
 */
export function createResolvingCodec(writer: Schema, reader: Schema, { long = 'number' }: CodecOptions = {}): Decoder {
  if (writer === reader) return createCodec(writer, { long });
  return DECODERS[long].get(writer, reader, () => decoderOf(resolve(writer, reader), long));
}

// Decoding calls nothing of the user's, so that one reader serves all.
const READER = new Reader();

function decoderOf(resolved: Resolved, long: LongForm): Decoder {
  const read = compileRead(resolved, long);
  const decode = warmRead(resolved, long, true, (buffer, start, end) => {
    READER.open(buffer, start, end);
    try {
      const value = read(READER);
      READER.expectEnd();
      return value;
    } finally {
      READER.close();
    }
  });
  return {
    decode(bytes, start, end) {
      if (!(start >= 0 && start <= end && end <= bytes.length)) throw new RangeError('The datum is not in the buffer.');
      return decode(Buffer.isBuffer(bytes) ? bytes : asBuffer(bytes), start, end);
    },
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
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
