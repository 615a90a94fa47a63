import { AvroError } from '../avro-error.ts';
import { Reader, type Read } from '../reader.ts';
import type { Skip } from '../skip.ts';
import type { BlockCodec } from './block-codec.ts';
import { ContainerError } from './container-error.ts';
import { MAX_EMPTY_RECORDS } from './limits.ts';

/** Says where a block stands; what to go on from when the records before it are done with. */
export interface ContainerPosition {
  /** The byte of the file at which the block begins. */
  readonly offset: number;
  /** The number of the block in the file, from 0. */
  readonly block: number;
  /** The number of its first record in the file, from 0. */
  readonly record: number;
}

/** Holds records as bytes: record `i` is `buffer` from `starts[i]` to `ends[i]`. */
export interface EncodedRecords {
  readonly buffer: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Says what all blocks of a file have in common. */
export interface BlockFormat {
  readonly codec: BlockCodec;
  readonly maxBytes: number;
  /** Fewest bytes of a record. */
  readonly recordBytes: number;
  readonly read: Read;
  readonly skip: Skip;
}

/** Holds a block of a container file. Nothing is decompressed or decoded before it is asked for. */
export class ContainerBlock {
  readonly position: ContainerPosition;
  /** What comes after it: where reading goes on when all of its records are done with. */
  readonly next: ContainerPosition;
  /** How many records it has. */
  readonly count: number;
  readonly #format: BlockFormat;
  readonly #compressed: Uint8Array;
  #bytes: Uint8Array | null = null;

  constructor(position: ContainerPosition, end: number, count: number, compressed: Uint8Array, format: BlockFormat) {
    this.position = position;
    this.next = { offset: end, block: position.block + 1, record: position.record + count };
    this.count = count;
    this.#compressed = compressed;
    this.#format = format;
  }

  /** Returns the decompressed bytes of all records; throws ContainerError BAD_BLOCK or TOO_LARGE. */
  bytes(): Uint8Array {
    if (this.#bytes !== null) return this.#bytes;
    const { codec, maxBytes, recordBytes } = this.#format;
    let bytes: Uint8Array;
    try {
      bytes = codec.decompress(this.#compressed, maxBytes);
    } catch (error) {
      const isTooLarge = error instanceof RangeError;
      const reason = isTooLarge ? `has more than ${maxBytes} bytes when decompressed` : 'cannot be decompressed';
      throw this.#fault(isTooLarge ? 'TOO_LARGE' : 'BAD_BLOCK', `${reason}`, error);
    }
    const most = recordBytes === 0 ? MAX_EMPTY_RECORDS : bytes.length / recordBytes;
    if (this.count > most) throw this.#fault('BAD_BLOCK', `says that ${bytes.length} bytes are ${this.count} records`);
    this.#bytes = bytes;
    return bytes;
  }

  /**
   * Yields the records, decoded, as values of the reader's schema. Throws ContainerError BAD_RECORD, whose cause is the
   * AvroError, for the first record that is not one; those before it have been given.
   */
  *records(): Generator<unknown, void, undefined> {
    const bytes = this.bytes();
    const reader = new Reader();
    let offset = 0;
    for (let index = 0; index < this.count; index++) {
      reader.open(bytes, offset, bytes.length);
      let value: unknown;
      try {
        value = this.#format.read(reader);
      } catch (error) {
        throw this.#recordFault(index, error);
      }
      offset = reader.offset;
      yield value;
    }
    this.#expectEnd(offset, bytes);
  }

  /** Returns the records as bytes in the writer's schema; their structure is checked, their content is not. */
  encoded(): EncodedRecords {
    const buffer = this.bytes();
    const starts = new Int32Array(this.count);
    const ends = new Int32Array(this.count);
    const reader = new Reader();
    let offset = 0;
    for (let index = 0; index < this.count; index++) {
      starts[index] = offset;
      reader.open(buffer, offset, buffer.length);
      try {
        this.#format.skip(reader);
      } catch (error) {
        throw this.#recordFault(index, error);
      }
      offset = reader.offset;
      ends[index] = offset;
    }
    this.#expectEnd(offset, buffer);
    return { buffer, starts, ends };
  }

  #expectEnd(offset: number, bytes: Uint8Array): void {
    if (offset === bytes.length) return;
    throw this.#fault('BAD_BLOCK', `has ${bytes.length - offset} bytes after its ${this.count} records`);
  }

  #recordFault(index: number, error: unknown): unknown {
    if (!(error instanceof AvroError)) return error;
    const number = this.position.record + index;
    const message = `Record ${number} of the file, in the block at byte ${this.position.offset}: ${error.message}.`;
    return new ContainerError('BAD_RECORD', this.position.offset, message, error);
  }

  #fault(code: 'BAD_BLOCK' | 'TOO_LARGE', what: string, cause?: unknown): ContainerError {
    const reason = cause instanceof Error && code === 'BAD_BLOCK' ? `: ${cause.message}` : '';
    const message = `The block at byte ${this.position.offset} ${what}${reason}.`;
    return new ContainerError(code, this.position.offset, message, cause);
  }
}
