import { createCodec, createResolvingCodec, type Decoder } from '../codec.ts';
import type { Schema } from '../schema.ts';
import { FRAME_BYTES, readFrame } from './frame.ts';
import { LruCache } from './lru-cache.ts';
import type { RegistryClient, Waiting } from './registry-client.ts';
import { RegistryError } from './registry-error.ts';

/** Decodes data that carry the id of their writer's schema (Confluent wire format). */
export interface FramedDecoder extends Decoder {
  /**
   * Fetches what is needed to decode data of a schema id; null if it is there already. Rejects with RegistryError, and
   * with AvroError RESOLUTION_FAILED where the reader's schema cannot show what the writer wrote.
   */
  prepare(id: number, waiting?: Waiting): Promise<void> | null;
  /**
   * Returns the datum of the frame that fills the bytes from `start` to `end`. Nothing is awaited: throws RegistryError
   * SCHEMA_NOT_READY unless the frame's id was prepared, and AvroError for bytes that are no such frame.
   */
  decode(buffer: Uint8Array, start: number, end: number): unknown;
}

/** Says how frames are decoded. */
export interface FramedDecoderOptions {
  /** The schema as whose values data are shown. Default: each one's writer's. */
  readonly reader?: Schema;
  /** How many ids stay prepared. Default 1000. */
  readonly maxIds?: number;
}

/** Returns a decoder of frames that finds the schemas of writers in a registry. */
export function createFramedDecoder(
  registry: Pick<RegistryClient, 'schemaById'>,
  { reader, maxIds = 1_000 }: FramedDecoderOptions = {},
): FramedDecoder {
  const decoders = new LruCache<number, Decoder>(maxIds);
  const build = async (id: number, waiting?: Waiting): Promise<void> => {
    const { schema } = await registry.schemaById(id, waiting);
    decoders.set(id, reader === undefined ? createCodec(schema) : createResolvingCodec(schema, reader));
  };
  return {
    prepare: (id, waiting) => (decoders.get(id) === undefined ? build(id, waiting) : null),
    decode(buffer, start, end) {
      const id = readFrame(buffer, start, end);
      const decoder = decoders.get(id);
      if (decoder !== undefined) return decoder.decode(buffer, start + FRAME_BYTES, end);
      throw new RegistryError('SCHEMA_NOT_READY', '', `The schema with the id ${id} has not been fetched yet.`);
    },
  };
}
