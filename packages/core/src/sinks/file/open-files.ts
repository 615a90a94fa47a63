import type { OpenFile } from './open-file.ts';

/** The files that a task is writing, by their folder below the path, in the order in which they were last written to. */
export class OpenFiles {
  readonly #files = new Map<string, OpenFile>();
  readonly #most: () => number;

  /** `most` says how many of them may hold a handle. */
  constructor(most: () => number) {
    this.#most = most;
  }

  get size(): number {
    return this.#files.size;
  }

  /** Returns the file of a folder, which becomes the one that was written to last. Before it opens, another one rests where there are too many. */
  async use(folder: string, begin: () => Promise<OpenFile>): Promise<OpenFile> {
    let file = this.#files.get(folder);
    if (file?.part.isOpen !== true) await this.#makeRoom();
    file ??= await begin();
    this.#files.delete(folder);
    this.#files.set(folder, file);
    return file;
  }

  /** Lists the files, the one that was written to longest ago first. */
  all(): readonly OpenFile[] {
    return [...this.#files.values()];
  }

  /** Takes out all files. */
  takeAll(): readonly OpenFile[] {
    const all = this.all();
    this.#files.clear();
    return all;
  }

  async #makeRoom(): Promise<void> {
    const open = this.all().filter(({ part }) => part.isOpen);
    for (const file of open.slice(0, Math.max(0, open.length - this.#most() + 1))) await file.rest();
  }
}
