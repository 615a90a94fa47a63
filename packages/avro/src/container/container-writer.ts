import { randomBytes } from 'node:crypto';
import { createCodec } from '../codec.ts';
import type { CodecOptions } from '../long-form.ts';
import { schemaToText } from '../schema-text.ts';
import type { Schema } from '../schema.ts';
import { Writer } from '../writer.ts';
import { blockCodec, type BlockCodecName } from './block-codec.ts';
import { ContainerError } from './container-error.ts';
import { writeHeader, type ContainerHeader } from './container-header.ts';
import { BLOCK_BYTES, MAX_EMPTY_RECORDS } from './limits.ts';
import { canWriteZstandard } from './zstandard-codec.ts';

/** Says how blocks are made. */
export interface BlockOptions extends CodecOptions {
  /** The level of deflate or zstandard. */
  readonly level?: number;
  /** Ends a block when its records take so many bytes before they are compressed: 64 KiB unless given. */
  readonly blockBytes?: number;
}

/** Says how a container file is written. */
export interface WriteContainerOptions extends BlockOptions {
  /** `null` unless given; `zstandard` needs Node 22.15. */
  readonly codec?: BlockCodecName;
  /** More entries for the header; names that begin with `avro.` are Avro's own. */
  readonly metadata?: ReadonlyMap<string, Uint8Array | string>;
  /** The sixteen bytes after every block: of chance unless given. */
  readonly sync?: Uint8Array;
  /** The name of an outermost record that has none. */
  readonly name?: string;
}

/** Turns records into the bytes of a container file, which the caller writes in the order in which they come. */
export interface ContainerWriter {
  /** Returns the bytes that the file begins with; none where it is appended to. */
  begin(): Uint8Array;
  /** Adds a record; returns a block where one has become full. Throws AvroError for a value that does not fit. */
  write(value: unknown): Uint8Array | null;
  /** Adds a record that is encoded in the file's schema already; the bytes are copied, and not checked. */
  writeEncoded(buffer: Uint8Array, start: number, end: number): Uint8Array | null;
  /** Returns the block of the records that are left, null for none. */
  flush(): Uint8Array | null;
  /** How many records were added since the last block. */
  readonly pending: number;
}

/** Makes the writer of a new file. Throws ContainerError for options that do not fit. */
export function createContainerWriter(schema: Schema, options: WriteContainerOptions = {}): ContainerWriter {
  const { codec = 'null', sync = randomBytes(16), metadata = new Map(), name } = options;
  if (sync.length !== 16) throw badOptions('A sync marker has 16 bytes.');
  checkWritable(codec);
  const entries = new Map<string, Uint8Array>([
    ['avro.schema', Buffer.from(schemaToText(schema, name === undefined ? {} : { name }))],
    ['avro.codec', Buffer.from(codec)],
  ]);
  for (const [key, value] of metadata) {
    if (key.startsWith('avro.')) throw badOptions(`The metadata "${key}" belongs to Avro.`);
    entries.set(key, Buffer.from(value as Uint8Array));
  }
  return new BlockWriter(schema, codec, sync, writeHeader(entries, sync), options);
}

/** Makes the writer of blocks that go behind the last block of a file, in the schema and codec of its header. */
export function appendToContainer(header: ContainerHeader, options: BlockOptions = {}): ContainerWriter {
  checkWritable(header.codec);
  return new BlockWriter(header.schema, header.codec, header.sync, new Uint8Array(0), options);
}

class BlockWriter implements ContainerWriter {
  readonly #encode: (value: unknown) => Uint8Array;
  readonly #compress: (bytes: Uint8Array) => Uint8Array;
  readonly #sync: Uint8Array;
  readonly #header: Uint8Array;
  readonly #blockBytes: number;
  readonly #head = new Writer();
  #records: Uint8Array[] = [];
  #bytes = 0;
  #pending = 0;

  constructor(schema: Schema, codec: string, sync: Uint8Array, header: Uint8Array, options: BlockOptions) {
    const { level, blockBytes = BLOCK_BYTES, long = 'number' } = options;
    const avro = createCodec(schema, { long });
    const block = blockCodec(codec);
    this.#encode = (value) => avro.encode(value);
    this.#compress = (bytes) => block.compress(bytes, level);
    this.#sync = sync;
    this.#header = header;
    this.#blockBytes = blockBytes;
  }

  get pending(): number {
    return this.#pending;
  }

  begin(): Uint8Array {
    return this.#header;
  }

  write(value: unknown): Uint8Array | null {
    return this.#add(this.#encode(value));
  }

  writeEncoded(buffer: Uint8Array, start: number, end: number): Uint8Array | null {
    return this.#add(new Uint8Array(buffer.subarray(start, end)));
  }

  flush(): Uint8Array | null {
    if (this.#pending === 0) return null;
    const compressed = this.#compress(Buffer.concat(this.#records, this.#bytes));
    this.#head.open();
    this.#head.writeLong(this.#pending);
    this.#head.writeLong(compressed.length);
    this.#records = [];
    this.#bytes = 0;
    this.#pending = 0;
    return Buffer.concat([this.#head.copy(), compressed, this.#sync]);
  }

  #add(record: Uint8Array): Uint8Array | null {
    this.#records.push(record);
    this.#bytes += record.length;
    this.#pending++;
    return this.#bytes >= this.#blockBytes || this.#pending >= MAX_EMPTY_RECORDS ? this.flush() : null;
  }
}

function checkWritable(codec: string): void {
  blockCodec(codec);
  if (codec !== 'zstandard' || canWriteZstandard) return;
  const message = `Writing zstandard needs Node 22.15 or later; this is ${process.version}.`;
  throw new ContainerError('UNSUPPORTED_CODEC', 0, message);
}

function badOptions(message: string): ContainerError {
  return new ContainerError('BAD_OPTIONS', 0, message);
}
