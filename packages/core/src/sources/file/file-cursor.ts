import { open, stat } from 'node:fs/promises';
import { HeadraceError } from '../../errors/headrace-error.ts';
import type { Columns, Header } from '../../record/columns.ts';
import { nullColumn } from '../../record/columns.ts';
import { openInput, type ByteInput } from './byte-input.ts';
import { headBytes, headLength, headOf, type FilePosition } from './file-position.ts';
import { LineScanner, type ScanLimit, type ScannedLines } from './line-scanner.ts';
import { readFailed, type SourceFile } from './list-files.ts';

/** How a file is read. */
export interface CursorOptions {
  readonly node: string;
  /** Whether empty lines are no records, as in NDJSON. */
  readonly skipEmpty: boolean;
  readonly maxLine: number;
  /** Tells whether a file's first line is the header that it should have; null where files have none. */
  readonly isHeader: ((line: string) => boolean) | null;
}

const readBytes = 262_144;
const newline = 0x0a;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Reads the records of one file from a place on. */
export class FileCursor {
  readonly file: SourceFile;
  readonly #options: CursorOptions;
  readonly #input: ByteInput;
  readonly #scanner: LineScanner;
  readonly #headers: readonly Header[];
  readonly #timestamp: number;
  readonly #head: string;
  #index: number;
  #byte: number;
  #offset: number;
  #ended = false;

  private constructor(file: SourceFile, at: FilePosition, input: ByteInput, timestamp: number, options: CursorOptions) {
    this.file = file;
    this.#options = options;
    this.#input = input;
    this.#scanner = new LineScanner(options.skipEmpty);
    this.#headers = Object.freeze([{ name: 'file', value: Buffer.from(file.name) }]);
    this.#timestamp = timestamp;
    this.#head = at.head;
    this.#index = at.index;
    this.#byte = at.byte;
    this.#offset = at.offset;
  }

  /** Opens a file at its beginning; `offset` is that of its first record. */
  static async begin(file: SourceFile, offset: number, options: CursorOptions): Promise<FileCursor> {
    return guarded(file, options, async () => {
      const head = headOf(await firstBytes(file.path, headBytes));
      return FileCursor.#open(file, { file: file.name, index: 0, byte: 0, offset, head, done: false }, options);
    });
  }

  /** Opens a file where a position says. Throws `FILE_CHANGED` where it is not the file of that position any more. */
  static async resume(file: SourceFile, at: FilePosition, options: CursorOptions): Promise<FileCursor> {
    return guarded(file, options, async () => {
      const head = headOf(await firstBytes(file.path, headLength(at.head)));
      if (head !== at.head) throw changed(file, options.node, 'does not begin as it did when it was read');
      // Before the first record nothing is behind us but a mark or empty lines.
      if (at.index === 0) return FileCursor.begin(file, at.offset, options);
      // A file that grew begins with more bytes to know it by.
      const known = headOf(await firstBytes(file.path, headBytes));
      return FileCursor.#open(file, { ...at, head: known }, options);
    });
  }

  static async #open(file: SourceFile, at: FilePosition, options: CursorOptions): Promise<FileCursor> {
    const { mtimeMs } = await stat(file.path);
    const input = await openInput(file.path, Math.max(0, at.byte - 1));
    if (input === null) throw changed(file, options.node, 'is shorter than what was read of it');
    const cursor = new FileCursor(file, at, input, Math.floor(mtimeMs), options);
    try {
      await (at.byte === 0 ? cursor.#skipHead() : cursor.#goOn());
    } catch (error) {
      await input.close();
      throw error;
    }
    return cursor;
  }

  get position(): FilePosition {
    return {
      file: this.file.name,
      index: this.#index,
      byte: this.#byte,
      offset: this.#offset,
      head: this.#head,
      done: this.#ended && this.#scanner.pending === 0,
    };
  }

  /** Returns the next records; null at the end of the file. */
  async read(limit: ScanLimit): Promise<Columns | null> {
    return guarded(this.file, this.#options, async () => {
      for (;;) {
        const lines = this.#scanner.take(limit, this.#ended);
        this.#byte += lines.consumed;
        if (lines.starts.length > 0) return this.#columns(lines);
        if (this.#ended) return null;
        this.#checkLength(this.#scanner.pending);
        // A long line is fetched in ever larger pieces, so that it is not copied over and over.
        await this.#fill(Math.max(readBytes, this.#scanner.pending));
      }
    });
  }

  close(): Promise<void> {
    return this.#input.close();
  }

  async #fill(size: number): Promise<void> {
    const bytes = await this.#input.read(size);
    if (bytes === null) this.#ended = true;
    else this.#scanner.add(bytes);
  }

  /** Passes over what stands before the first record. */
  async #skipHead(): Promise<void> {
    await this.#skipMark();
    const { isHeader, node } = this.#options;
    if (isHeader === null) return;
    for (;;) {
      const { buffer, starts, ends, consumed } = this.#scanner.take({ records: 1, bytes: Infinity }, this.#ended);
      this.#byte += consumed;
      if (starts.length > 0) {
        if (isHeader(Buffer.from(buffer.subarray(starts[0], ends[0])).toString())) return;
        const message = `The first line of "${this.file.name}" does not name the fields of the schema in their order. A file without such a line needs "header": false.`;
        throw new HeadraceError('WRONG_HEADER', message, { place: { node, file: this.file.path } });
      }
      if (this.#ended) return;
      this.#checkLength(this.#scanner.pending);
      await this.#fill(readBytes);
    }
  }

  /** Passes over the mark that some editors put before a text. */
  async #skipMark(): Promise<void> {
    let first: Uint8Array = new Uint8Array(0);
    while (first.length < byteOrderMark.length) {
      const bytes = await this.#input.read(readBytes);
      if (bytes === null) {
        this.#ended = true;
        break;
      }
      first = first.length === 0 ? bytes : Buffer.concat([first, bytes]);
    }
    const marked = byteOrderMark.every((byte, index) => first[index] === byte);
    if (marked) this.#byte += byteOrderMark.length;
    this.#scanner.add(marked ? first.subarray(byteOrderMark.length) : first);
  }

  /** Looks at the byte before the place: where no line ended there, what follows belongs to a record that was already read. */
  async #goOn(): Promise<void> {
    const bytes = await this.#input.read(readBytes);
    if (bytes === null) throw changed(this.file, this.#options.node, 'is shorter than what was read of it');
    let rest: Uint8Array = bytes.subarray(1);
    if (bytes[0] !== newline) {
      while (rest.length < 2) {
        const more = await this.#input.read(readBytes);
        if (more === null) break;
        rest = Buffer.concat([rest, more]);
      }
      const lineEnd = rest[0] === newline ? 1 : rest[0] === 0x0d && rest[1] === newline ? 2 : 0;
      if (rest.length > 0 && lineEnd === 0)
        throw changed(this.file, this.#options.node, 'has more in the line that was read as its last');
      rest = rest.subarray(lineEnd);
      this.#byte += lineEnd;
    }
    this.#scanner.add(rest);
  }

  #columns(lines: ScannedLines): Columns {
    const { starts, ends } = lines;
    const count = starts.length;
    const from = starts[0] as number;
    const buffer = Buffer.from(lines.buffer.subarray(from, ends[count - 1]));
    const offsets = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      this.#checkLength((ends[row] as number) - (starts[row] as number), row);
      starts[row] = (starts[row] as number) - from;
      ends[row] = (ends[row] as number) - from;
      offsets[row] = this.#offset + row;
    }
    this.#index += count;
    this.#offset += count;
    return {
      count,
      offsets,
      timestamps: new Float64Array(count).fill(this.#timestamp),
      keys: nullColumn(count),
      values: { kind: 'bytes', buffer, starts, ends, schemaIds: null },
      headers: { kind: 'objects', items: Array.from({ length: count }, () => this.#headers) },
    };
  }

  #checkLength(bytes: number, row = 0): void {
    const { maxLine, node } = this.#options;
    if (bytes <= maxLine) return;
    const message = `Record ${this.#index + row} of "${this.file.name}" is longer than ${maxLine} bytes. Is it a file of lines? Allow more with "maxLine".`;
    throw new HeadraceError('LINE_TOO_LONG', message, {
      place: { node, file: this.file.path, offset: this.#offset + row },
    });
  }
}

/** Says that a file is not the one that a position speaks of, and what to do. */
export function changed(file: SourceFile, node: string, what: string): HeadraceError {
  const message = `The file "${file.name}" of source "${node}" ${what}. Put back the file that was there, or begin anew with --from earliest.`;
  return new HeadraceError('FILE_CHANGED', message, { place: { node, file: file.path } });
}

async function firstBytes(file: string, count: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function guarded<T>(file: SourceFile, options: CursorOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw readFailed(options.node, file.path, thrown);
  }
}
