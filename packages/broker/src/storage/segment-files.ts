import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { OpenFiles } from './open-files.ts';

/** Where the batches of a partition are kept beside memory, in segments that are named by their first offset. */
export interface SegmentStore {
  /** Adds a batch to the end of a segment. */
  append(base: number, batch: Buffer): void;
  /** Takes a segment away. */
  remove(base: number): void;
  /** Puts batches in the place of all of a segment. */
  replace(base: number, batches: readonly Buffer[]): void;
}

/** Keeps nothing: what a broker in memory has. */
export const noSegmentStore: SegmentStore = { append: () => {}, remove: () => {}, replace: () => {} };

/** The segment files of one partition, `00000000000000000042.log`: batches as they were received, one behind the other. */
export class SegmentFiles implements SegmentStore {
  readonly #folder: string;
  readonly #open: OpenFiles;

  constructor(folder: string, open: OpenFiles) {
    this.#folder = folder;
    this.#open = open;
    mkdirSync(folder, { recursive: true });
  }

  /** Returns the first offsets of the segments, in order. What a crash left of replacing one is removed. */
  bases(): readonly number[] {
    const names = readdirSync(this.#folder);
    for (const name of names) if (name.endsWith('.tmp')) rmSync(path.join(this.#folder, name));
    return names
      .flatMap((name) => (/^\d{20}\.log$/.test(name) ? [Number(name.slice(0, 20))] : []))
      .sort((a, b) => a - b);
  }

  fileOf(base: number): string {
    return path.join(this.#folder, `${`${base}`.padStart(20, '0')}.log`);
  }

  read(base: number): Buffer {
    return readFileSync(this.fileOf(base));
  }

  append(base: number, batch: Buffer): void {
    const file = this.#open.of(this.fileOf(base));
    for (let at = 0; at < batch.length;) at += writeSync(file, batch, at);
  }

  /** Cuts a segment off after so many bytes. */
  truncate(base: number, bytes: number): void {
    this.#open.close(this.fileOf(base));
    truncateSync(this.fileOf(base), bytes);
  }

  remove(base: number): void {
    this.#open.close(this.fileOf(base));
    rmSync(this.fileOf(base), { force: true });
  }

  replace(base: number, batches: readonly Buffer[]): void {
    this.#open.close(this.fileOf(base));
    const next = `${this.fileOf(base)}.tmp`;
    writeFileSync(next, Buffer.concat(batches));
    renameSync(next, this.fileOf(base));
  }
}
