import { HeadraceError } from '../../errors/headrace-error.ts';
import { openInput, type ByteInput } from '../../files/byte-input.ts';
import type { Columns } from '../../record/columns.ts';
import { changed, columnsOf, guarded, recognized, startOf, timeOf, type FileCursor } from './file-cursor.ts';
import type { FilePosition } from './file-position.ts';
import type { RecordScanner, ScanLimit, ScannedLines } from './line-scanner.ts';
import type { SourceFile } from './list-files.ts';

/** How a file of text is read. */
export interface TextOptions {
  readonly node: string;
  /** Makes what cuts the bytes of a file into records. */
  scanner(): RecordScanner;
  readonly maxLine: number;
  /** Reads a file's first line, which says what is in the others, and returns the number of that; null where files have none. */
  readonly header: ((line: string, file: SourceFile) => number) | null;
}

const readBytes = 262_144;
const newline = 0x0a;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Reads the records of one file of text from a place on. */
export class TextCursor implements FileCursor {
  readonly file: SourceFile;
  readonly #options: TextOptions;
  readonly #input: ByteInput;
  readonly #scanner: RecordScanner;
  readonly #timestamp: number;
  readonly #head: string;
  #form = -1;
  #index: number;
  #byte: number;
  #offset: number;
  #ended = false;

  private constructor(file: SourceFile, at: FilePosition, input: ByteInput, timestamp: number, options: TextOptions) {
    this.file = file;
    this.#options = options;
    this.#input = input;
    this.#scanner = options.scanner();
    this.#timestamp = timestamp;
    this.#head = at.head;
    this.#index = at.index;
    this.#byte = at.byte;
    this.#offset = at.offset;
  }

  /** Opens a file at its beginning; `offset` is that of its first record. */
  static async begin(file: SourceFile, offset: number, options: TextOptions): Promise<TextCursor> {
    return guarded(file, options.node, async () => TextCursor.#open(file, await startOf(file, offset), options));
  }

  /** Opens a file where a position says. Throws `FILE_CHANGED` where it is not the file of that position any more. */
  static async resume(file: SourceFile, at: FilePosition, options: TextOptions): Promise<TextCursor> {
    return guarded(file, options.node, async () => {
      const known = await recognized(file, at, options.node);
      // Before the first record nothing is behind us but a mark, a header or empty lines.
      if (at.index === 0) return TextCursor.begin(file, at.offset, options);
      const cursor = await TextCursor.#open(file, known, options);
      try {
        if (options.header !== null) cursor.#form = await TextCursor.#formOf(file, options);
      } catch (error) {
        await cursor.close();
        throw error;
      }
      return cursor;
    });
  }

  static async #open(file: SourceFile, at: FilePosition, options: TextOptions): Promise<TextCursor> {
    const timestamp = await timeOf(file);
    const input = await openInput(file.path, Math.max(0, at.byte - 1));
    if (input === null) throw changed(file, options.node, 'is shorter than what was read of it');
    const cursor = new TextCursor(file, at, input, timestamp, options);
    try {
      await (at.byte === 0 ? cursor.#skipHead() : cursor.#goOn());
    } catch (error) {
      await input.close();
      throw error;
    }
    return cursor;
  }

  static async #formOf(file: SourceFile, options: TextOptions): Promise<number> {
    const first = await TextCursor.begin(file, 0, options);
    await first.close();
    return first.#form;
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
    return guarded(this.file, this.#options.node, async () => {
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
    const { header } = this.#options;
    if (header === null) return;
    for (;;) {
      const { buffer, starts, ends, consumed } = this.#scanner.take({ records: 1, bytes: Infinity }, this.#ended);
      this.#byte += consumed;
      if (starts.length > 0) {
        this.#form = header(Buffer.from(buffer.subarray(starts[0], ends[0])).toString(), this.file);
        return;
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
    for (let row = 0; row < count; row++) {
      this.#checkLength((ends[row] as number) - (starts[row] as number), row);
      starts[row] = (starts[row] as number) - from;
      ends[row] = (ends[row] as number) - from;
    }
    const schemaIds = this.#form < 0 ? null : new Int32Array(count).fill(this.#form);
    const origin = { offset: this.#offset, timestamp: this.#timestamp, file: this.file };
    this.#index += count;
    this.#offset += count;
    return columnsOf({ kind: 'bytes', buffer, starts, ends, schemaIds }, count, origin);
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
