import { createHash } from 'node:crypto';
import { readFileSync, statSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';

const settleMs = 40;

/** Watches files by their folders, since editors put new files in the place of old ones, and tells when contents differ. */
export class WatchedFiles {
  readonly #changed: (files: readonly string[]) => void;
  readonly #folders = new Map<string, FSWatcher>();
  #contents = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(changed: (files: readonly string[]) => void) {
    this.#changed = changed;
  }

  /** Watches these files from now on. One that was written since `since` (epoch milliseconds) counts as changed. */
  set(files: readonly string[], since: number): void {
    const before = this.#contents;
    this.#contents = new Map(files.map((file) => [file, contentOf(file)]));
    const folders = new Set(files.map((file) => path.dirname(file)));
    for (const [folder, watcher] of this.#folders)
      if (!folders.has(folder)) {
        watcher.close();
        this.#folders.delete(folder);
      }
    for (const folder of folders) if (!this.#folders.has(folder)) this.#watch(folder);
    const missed = files.filter((file) => writtenAt(file) > since && before.get(file) !== this.#contents.get(file));
    if (missed.length > 0) this.#changed(missed);
  }

  /** Ends it. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#lookSoon());
      watcher.on('error', () => {});
      this.#folders.set(folder, watcher);
    } catch {
      // A folder that is not there: the topology says what is missing, and samples need none.
    }
  }

  #lookSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#look();
    }, settleMs);
  }

  #look(): void {
    const changed: string[] = [];
    for (const [file, before] of this.#contents) {
      const now = contentOf(file);
      if (now === before) continue;
      this.#contents.set(file, now);
      changed.push(file);
    }
    if (changed.length > 0) this.#changed(changed);
  }
}

function contentOf(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return '';
  }
}

function writtenAt(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
