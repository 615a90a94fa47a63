import { stat } from 'node:fs/promises';
import type { FilePosition } from './file-position.ts';
import type { SourceFile } from './list-files.ts';

const compressed = /\.(?:gz|zst|sz|snappy)$/;
/** Beyond so many files their sizes are not asked for. */
const mostFiles = 10_000;

/** How much of a run of files is read, in bytes. */
export class FileShare {
  readonly #files: readonly { readonly name: string; readonly size: number }[];
  readonly #total: number;

  private constructor(files: readonly { readonly name: string; readonly size: number }[]) {
    this.#files = files;
    this.#total = files.reduce((sum, { size }) => sum + size, 0);
  }

  /** Asks for the sizes of files, in the order of reading; null where they say nothing of what will be read. */
  static async of(files: readonly SourceFile[]): Promise<FileShare | null> {
    if (files.length > mostFiles || files.some(({ name }) => compressed.test(name))) return null;
    const sizes = await Promise.all(
      files.map(({ path }) =>
        stat(path).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return new FileShare(files.map(({ name }, index) => ({ name, size: sizes[index] as number })));
  }

  /** Returns how many bytes lie before a position, of how many. */
  at(position: FilePosition | null): { readonly done: number; readonly total: number } {
    let done = 0;
    for (const { name, size } of this.#files) {
      if (position === null || name > position.file) break;
      done += name === position.file && !position.done ? Math.min(size, position.byte) : size;
    }
    return { done, total: this.#total };
  }
}
