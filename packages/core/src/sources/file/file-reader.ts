import type { Position } from '../../component/position.ts';
import type { ReadLimit, ReadResult, SplitReader } from '../../component/split-reader.ts';
import { changed, type FileCursor, type FileForm } from './file-cursor.ts';
import { FileShare } from './file-share.ts';
import { fromPosition, toPosition, type FilePosition } from './file-position.ts';
import type { SourceFile } from './list-files.ts';

/** Reads files one after the other as one split. */
export class FileReader implements SplitReader {
  readonly #files: () => Promise<readonly SourceFile[]>;
  readonly #form: FileForm;
  readonly #began: FilePosition | null;
  #at: FilePosition | null;
  #cursor: FileCursor | null = null;
  #left: SourceFile[] | null = null;
  #share: FileShare | null = null;

  constructor(files: () => Promise<readonly SourceFile[]>, at: Position | null, form: FileForm) {
    this.#files = files;
    this.#form = form;
    this.#at = this.#began = at === null ? null : fromPosition(at, form.node);
  }

  async read(limit: ReadLimit, signal: AbortSignal): Promise<ReadResult | 'idle' | 'end'> {
    if (signal.aborted) return 'idle';
    const cursor = (this.#cursor ??= await this.#nextCursor());
    if (cursor === null) return 'end';
    const records = await cursor.read(limit);
    const at = cursor.position;
    this.#at = at;
    if (records === null) {
      await cursor.close();
      this.#cursor = null;
    }
    return { records, next: toPosition(at), nextOffset: at.offset };
  }

  share(at: Position | null): { readonly done: number; readonly total: number } | null {
    return this.#share?.at(at === null ? this.#began : fromPosition(at, this.#form.node)) ?? null;
  }

  async close(): Promise<void> {
    await this.#cursor?.close();
    this.#cursor = null;
    this.#left = [];
  }

  async #nextCursor(): Promise<FileCursor | null> {
    if (this.#left === null) {
      this.#left = [...(await this.#files())];
      this.#share = await FileShare.of(this.#left);
      if (this.#at !== null) return this.#resume(this.#at, this.#left);
    }
    const next = this.#left.shift();
    return next === undefined ? null : this.#form.begin(next, this.#at?.offset ?? 0);
  }

  /** A file that was read to its end may have been taken away since; any other must still be there. */
  async #resume(at: FilePosition, left: SourceFile[]): Promise<FileCursor | null> {
    while (left[0] !== undefined && left[0].name < at.file) left.shift();
    if (left[0]?.name === at.file) return this.#form.resume(left.shift() as SourceFile, at);
    if (!at.done)
      throw changed({ name: at.file, path: at.file }, this.#form.node, 'was being read and is not there any more');
    return this.#nextCursor();
  }
}
