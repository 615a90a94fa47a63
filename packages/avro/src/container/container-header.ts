import { createCodec } from '../codec.ts';
import { parseSchemaText } from '../parse-schema.ts';
import { SchemaError } from '../schema-error.ts';
import type { Schema } from '../schema.ts';
import { blockCodec } from './block-codec.ts';
import type { ByteQueue } from './byte-queue.ts';
import { ContainerError } from './container-error.ts';
import { MAX_HEADER_BYTES, MAX_METADATA_ENTRIES } from './limits.ts';

const MAGIC = Buffer.from('Obj\x01', 'latin1');
const METADATA = createCodec({ kind: 'map', values: { kind: 'bytes' } });

/** Holds what stands at the start of a container file. */
export interface ContainerHeader {
  /** The schema that the records were written in. */
  readonly schema: Schema;
  /** The name of the codec of the blocks. */
  readonly codec: string;
  /** All entries, those of Avro itself (`avro.schema`, `avro.codec`) too. */
  readonly metadata: ReadonlyMap<string, Uint8Array>;
  /** The sixteen bytes that stand after every block. */
  readonly sync: Uint8Array;
  /** How many bytes the header takes: the offset of the first block. */
  readonly length: number;
}

/** Reads the header of a file; throws ContainerError, or SchemaError for its schema. */
export async function readHeader(queue: ByteQueue): Promise<ContainerHeader> {
  if ((await queue.fill(4)) < 4 || !queue.take(4).equals(MAGIC)) {
    throw new ContainerError(
      'NOT_A_CONTAINER',
      0,
      'The file is no container of Avro: it does not begin with "Obj" and 1.',
    );
  }
  const metadata = await readMetadata(queue);
  const schemaBytes = metadata.get('avro.schema');
  if (schemaBytes === undefined) throw new ContainerError('BAD_HEADER', 0, 'The header has no "avro.schema".');
  const codec = textOf(metadata.get('avro.codec') ?? new Uint8Array(0)) || 'null';
  blockCodec(codec);
  if ((await queue.fill(16)) < 16) throw truncated();
  const sync = new Uint8Array(queue.take(16));
  return Object.freeze({ schema: parse(textOf(schemaBytes)), codec, metadata, sync, length: queue.offset });
}

/** Writes the header of a file. */
export function writeHeader(metadata: ReadonlyMap<string, Uint8Array>, sync: Uint8Array): Uint8Array {
  const entries: Record<string, Uint8Array> = Object.create(null) as Record<string, Uint8Array>;
  for (const [name, value] of metadata) entries[name] = value;
  return Buffer.concat([MAGIC, METADATA.encode(entries), sync]);
}

async function readMetadata(queue: ByteQueue): Promise<Map<string, Uint8Array>> {
  const metadata = new Map<string, Uint8Array>();
  for (;;) {
    let count = await takeNumber(queue);
    if (count === 0) return metadata;
    if (count < 0) {
      count = -count;
      await takeNumber(queue);
    }
    if (metadata.size + count > MAX_METADATA_ENTRIES) {
      throw new ContainerError('TOO_LARGE', 0, `The header has more than ${MAX_METADATA_ENTRIES} entries.`);
    }
    for (let index = 0; index < count; index++) {
      const name = textOf(await takeBytes(queue));
      metadata.set(name, new Uint8Array(await takeBytes(queue)));
    }
  }
}

async function takeBytes(queue: ByteQueue): Promise<Uint8Array> {
  const length = await takeNumber(queue);
  if (length < 0) throw new ContainerError('BAD_HEADER', 0, `The header has a part of ${length} bytes.`);
  if (queue.offset + length > MAX_HEADER_BYTES) {
    throw new ContainerError('TOO_LARGE', 0, `The header has more than ${MAX_HEADER_BYTES} bytes.`);
  }
  if ((await queue.fill(length)) < length) throw truncated();
  return queue.take(length);
}

async function takeNumber(queue: ByteQueue): Promise<number> {
  const number = await queue.takeLong(0);
  if (number === null) throw truncated();
  return number;
}

function parse(text: string): Schema {
  try {
    return parseSchemaText(text);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    const at = error.pointer === '' ? '' : ` at "${error.pointer}"`;
    throw new ContainerError('BAD_HEADER', 0, `The schema in the header is not valid${at}: ${error.message}`, error);
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

function truncated(): ContainerError {
  return new ContainerError('TRUNCATED', 0, 'The file ends inside of its header.');
}
