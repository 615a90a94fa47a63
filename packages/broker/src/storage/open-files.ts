import { closeSync, openSync } from 'node:fs';

/** A process may not open as many files as a broker has partitions. */
const most = 200;

/** Files that are written to at their ends; the one that was not used for longest is closed where there are too many. */
export class OpenFiles {
  readonly #descriptors = new Map<string, number>();

  /** Returns the descriptor of a file, opened or made if need be. */
  of(file: string): number {
    const open = this.#descriptors.get(file) ?? openSync(file, 'a');
    this.#descriptors.delete(file);
    this.#descriptors.set(file, open);
    const [oldest] = this.#descriptors.keys();
    if (this.#descriptors.size > most && oldest !== undefined) this.close(oldest);
    return open;
  }

  /** Closes a file, if it is open. */
  close(file: string): void {
    const open = this.#descriptors.get(file);
    this.#descriptors.delete(file);
    if (open !== undefined) closeSync(open);
  }

  /** Closes all files in a folder. */
  closeIn(folder: string): void {
    for (const file of this.#descriptors.keys()) if (file.startsWith(folder)) this.close(file);
  }
}
