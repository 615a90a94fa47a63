import {
  readContainer,
  resumeContainer,
  type ContainerBlock,
  type ContainerHeader,
  type EncodedRecords,
  type Schema,
} from '@headrace/avro';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { openInput, piecesOf } from '../../files/byte-input.ts';
import type { Columns } from '../../record/columns.ts';
import { changed, columnsOf, guarded, recognized, startOf, timeOf, type FileCursor } from './file-cursor.ts';
import type { FilePosition } from './file-position.ts';
import type { ScanLimit } from './line-scanner.ts';
import type { SourceFile } from './list-files.ts';

/** How a container file of Avro is read. */
export interface ContainerOptions {
  readonly node: string;
  readonly maxRecord: number;
  /** Returns the number under which records that were written in a schema are decoded; throws where they cannot be. */
  form(writer: Schema): number;
}

type Pieces = AsyncGenerator<Uint8Array, void, undefined>;

const readBytes = 262_144;

/** The block under way: its records, and how many of them were read. */
interface BlockUnderWay {
  readonly block: ContainerBlock;
  readonly records: EncodedRecords;
  read: number;
}

/** Reads the records of one container file of Avro from a place on, as bytes in the schema of the file. */
export class ContainerCursor implements FileCursor {
  readonly file: SourceFile;
  readonly #options: ContainerOptions;
  readonly #pieces: Pieces;
  readonly #blocks: AsyncIterator<ContainerBlock>;
  readonly #timestamp: number;
  readonly #form: number;
  #at: FilePosition;
  #block: BlockUnderWay | null = null;

  private constructor(file: SourceFile, at: FilePosition, opened: OpenedContainer, options: ContainerOptions) {
    this.file = file;
    this.#at = at;
    this.#options = options;
    this.#pieces = opened.pieces;
    this.#blocks = opened.blocks[Symbol.asyncIterator]();
    this.#timestamp = opened.timestamp;
    this.#form = opened.form;
  }

  /** Opens a file at its beginning; `offset` is that of its first record. */
  static async begin(file: SourceFile, offset: number, options: ContainerOptions): Promise<ContainerCursor> {
    return guarded(file, options.node, async () => {
      const start = await startOf(file, offset);
      const opened = await openContainer(file, options);
      return new ContainerCursor(file, { ...start, byte: opened.header.length, blockIndex: 0 }, opened, options);
    });
  }

  /** Opens a file where a position says, at the block that it is in. Throws `FILE_CHANGED` where it is another file. */
  static async resume(file: SourceFile, at: FilePosition, options: ContainerOptions): Promise<ContainerCursor> {
    return guarded(file, options.node, async () => {
      const known = await recognized(file, at, options.node);
      const begun = await openContainer(file, options);
      await begun.pieces.return();
      const input = await openInput(file.path, at.byte);
      if (input === null) throw changed(file, options.node, 'is shorter than what was read of it');
      const pieces = piecesOf(input, readBytes);
      const place = { offset: at.byte, block: 0, record: at.blockIndex ?? 0 };
      const blocks = resumeContainer(begun.header, pieces, place);
      const cursor = new ContainerCursor(file, { ...known, done: false }, { ...begun, pieces, blocks }, options);
      try {
        await cursor.#skipTo(at.index);
      } catch (error) {
        await cursor.close();
        throw error;
      }
      return cursor;
    });
  }

  get position(): FilePosition {
    return this.#at;
  }

  async read(limit: ScanLimit): Promise<Columns | null> {
    return guarded(this.file, this.#options.node, async () => {
      const under = await this.#current();
      if (under === null) {
        this.#at = { ...this.#at, done: true };
        return null;
      }
      return this.#take(under, limit);
    });
  }

  async close(): Promise<void> {
    await this.#pieces.return();
  }

  /** Returns the block with the next record; null at the end of the file. */
  async #current(): Promise<BlockUnderWay | null> {
    while (this.#block === null) {
      const next = await this.#blocks.next();
      if (next.done === true) return null;
      const block = next.value;
      if (block.count > 0) this.#block = { block, records: block.encoded(), read: 0 };
      else this.#passed(block);
    }
    return this.#block;
  }

  /** Passes over the records of the first block that were read before. */
  async #skipTo(index: number): Promise<void> {
    const inBlock = index - (this.#at.blockIndex ?? 0);
    if (inBlock === 0) return;
    const under = await this.#current();
    if (under === null || inBlock >= under.block.count)
      throw changed(this.file, this.#options.node, 'does not have the records any more that were read of it');
    under.read = inBlock;
  }

  #take(under: BlockUnderWay, limit: ScanLimit): Columns {
    const { records, block } = under;
    const from = under.read;
    const start = records.starts[from] as number;
    let to = from + 1;
    while (to < block.count && to - from < limit.records && (records.ends[to] as number) - start <= limit.bytes) to++;
    this.#checkLength(records, from, to);
    // A part of a block is copied out of it, so that what is charged is what is held.
    const isWhole = from === 0 && to === block.count;
    const buffer = isWhole ? records.buffer : Buffer.from(records.buffer.subarray(start, records.ends[to - 1]));
    const shift = isWhole ? 0 : start;
    const starts = records.starts.slice(from, to).map((at) => at - shift);
    const ends = records.ends.slice(from, to).map((at) => at - shift);
    const count = to - from;
    const schemaIds = this.#form < 0 ? null : new Int32Array(count).fill(this.#form);
    const origin = { offset: this.#at.offset, timestamp: this.#timestamp, file: this.file };
    under.read = to;
    const { index, offset } = this.#at;
    this.#at = { ...this.#at, index: index + count, offset: offset + count };
    if (to === block.count) this.#passed(block);
    return columnsOf({ kind: 'bytes', buffer, starts, ends, schemaIds }, count, origin);
  }

  #passed(block: ContainerBlock): void {
    this.#at = { ...this.#at, byte: block.next.offset, blockIndex: block.next.record };
    this.#block = null;
  }

  #checkLength({ starts, ends }: EncodedRecords, from: number, to: number): void {
    const { maxRecord, node } = this.#options;
    for (let row = from; row < to; row++) {
      if ((ends[row] as number) - (starts[row] as number) <= maxRecord) continue;
      const { index, offset } = this.#at;
      const message = `Record ${index + row - from} of "${this.file.name}" is longer than ${maxRecord} bytes. Allow more with "maxLine".`;
      throw new HeadraceError('LINE_TOO_LONG', message, {
        place: { node, file: this.file.path, offset: offset + row - from },
      });
    }
  }
}

interface OpenedContainer {
  readonly header: ContainerHeader;
  readonly blocks: AsyncIterable<ContainerBlock>;
  readonly pieces: Pieces;
  readonly timestamp: number;
  readonly form: number;
}

/** Opens a file and reads its header. Throws where its records cannot be read as those that the source declares. */
async function openContainer(file: SourceFile, options: ContainerOptions): Promise<OpenedContainer> {
  const timestamp = await timeOf(file);
  const input = await openInput(file.path, 0);
  if (input === null) throw changed(file, options.node, 'is not there any more');
  const pieces = piecesOf(input, readBytes);
  try {
    const { header, blocks } = await readContainer(pieces);
    return { header, blocks, pieces, timestamp, form: formOf(header.schema, file, options) };
  } catch (error) {
    await pieces.return();
    throw error;
  }
}

function formOf(writer: Schema, file: SourceFile, options: ContainerOptions): number {
  try {
    return options.form(writer);
  } catch (error) {
    if (!(error instanceof HeadraceError)) throw error;
    const message = `The records of "${file.name}" cannot be read as those of source "${options.node}": ${error.message}`;
    throw new HeadraceError(error.code, message, { place: { node: options.node, file: file.path }, cause: error });
  }
}
