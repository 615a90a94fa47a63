import type { CodecOptions } from '../long-form.ts';
import { compileRead } from '../read.ts';
import { resolve } from '../resolution.ts';
import type { Schema } from '../schema.ts';
import { sizeOf } from '../sizes.ts';
import { compileSkip } from '../skip.ts';
import { blockCodec } from './block-codec.ts';
import { ByteQueue } from './byte-queue.ts';
import { ContainerBlock, type BlockFormat, type ContainerPosition } from './container-block.ts';
import { ContainerError } from './container-error.ts';
import { readHeader, type ContainerHeader } from './container-header.ts';
import { MAX_BLOCK_BYTES } from './limits.ts';

/** Says how a container file is read. */
export interface ReadContainerOptions extends CodecOptions {
  /** The schema as whose values records are shown; the file's own unless given. */
  readonly reader?: Schema;
  /** Bytes that a block may have, in the file and decompressed: 64 MiB unless given. */
  readonly maxBlockBytes?: number;
}

/** Holds an opened container file. */
export interface Container {
  readonly header: ContainerHeader;
  /** The blocks, in order and once. Ending the loop early closes the source. */
  readonly blocks: AsyncIterable<ContainerBlock>;
}

/** Gives the bytes of a file in order: a stream of Node, or an array of chunks. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Opens a container file (Avro 1.12, "Object Container Files"): reads its header at once and its blocks as they are
 * asked for, holding one block and one chunk. Throws ContainerError; AvroError RESOLUTION_FAILED where no record could
 * be shown as the reader's schema.
 */
export async function readContainer(chunks: Chunks, options: ReadContainerOptions = {}): Promise<Container> {
  const queue = new ByteQueue(chunks);
  try {
    const header = await readHeader(queue);
    const start = { offset: header.length, block: 0, record: 0 };
    return { header, blocks: readBlocks(queue, header, start, options) };
  } catch (error) {
    await queue.close();
    throw error;
  }
}

/**
 * Goes on reading a container file whose header is known, from the block at a position; the first byte of `chunks` is
 * the one at its offset. Throws what `readContainer` throws.
 */
export function resumeContainer(
  header: ContainerHeader,
  chunks: Chunks,
  at: ContainerPosition,
  options: ReadContainerOptions = {},
): AsyncIterable<ContainerBlock> {
  return readBlocks(new ByteQueue(chunks, at.offset), header, at, options);
}

function readBlocks(
  queue: ByteQueue,
  header: ContainerHeader,
  start: ContainerPosition,
  { reader = header.schema, maxBlockBytes = MAX_BLOCK_BYTES, long = 'number' }: ReadContainerOptions,
): AsyncIterable<ContainerBlock> {
  const format: BlockFormat = {
    codec: blockCodec(header.codec),
    maxBytes: maxBlockBytes,
    recordBytes: sizeOf(header.schema).bytes,
    read: compileRead(resolve(header.schema, reader), long),
    skip: compileSkip(header.schema, new Map()),
  };
  return blocksOf(queue, header, start, format);
}

async function* blocksOf(
  queue: ByteQueue,
  { sync }: ContainerHeader,
  start: ContainerPosition,
  format: BlockFormat,
): AsyncGenerator<ContainerBlock, void, undefined> {
  let position = start;
  try {
    while ((await queue.fill(1)) > 0) {
      const block = await readBlock(queue, sync, position, format);
      position = block.next;
      yield block;
    }
  } finally {
    await queue.close();
  }
}

async function readBlock(
  queue: ByteQueue,
  sync: Uint8Array,
  position: ContainerPosition,
  format: BlockFormat,
): Promise<ContainerBlock> {
  const { offset } = position;
  const count = await queue.takeLong(offset);
  const size = count === null ? null : await queue.takeLong(offset);
  if (count === null || size === null) throw truncated(offset, 'its head');
  if (count < 0 || size < 0) {
    throw new ContainerError(
      'BAD_BLOCK',
      offset,
      `The block at byte ${offset} says ${count} records in ${size} bytes.`,
    );
  }
  if (size > format.maxBytes) {
    const message = `The block at byte ${offset} has ${size} bytes; ${format.maxBytes} are allowed.`;
    throw new ContainerError('TOO_LARGE', offset, message);
  }
  const there = await queue.fill(size + sync.length);
  if (there < size + sync.length) throw truncated(offset, `${there} of ${size + sync.length} bytes are there`);
  const compressed = queue.take(size);
  if (!queue.take(sync.length).equals(sync)) {
    const message = `The sync marker after the block at byte ${offset} is not the file's: the block is broken, or longer or shorter than it says.`;
    throw new ContainerError('BAD_SYNC', offset, message);
  }
  return new ContainerBlock(position, queue.offset, count, compressed, format);
}

function truncated(offset: number, what: string): ContainerError {
  return new ContainerError('TRUNCATED', offset, `The file ends inside of the block at byte ${offset}: ${what}.`);
}
