import { open, stat } from 'node:fs/promises';
import type { Columns, Column } from '../../record/columns.ts';
import { nullColumn } from '../../record/columns.ts';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { headBytes, headLength, headOf, type FilePosition } from './file-position.ts';
import type { ScanLimit } from './line-scanner.ts';
import { readFailed, type SourceFile } from './list-files.ts';

/** Reads the records of one file from a place on. */
export interface FileCursor {
  readonly file: SourceFile;
  readonly position: FilePosition;
  /** Returns the next records, one at least; null at the end of the file. */
  read(limit: ScanLimit): Promise<Columns | null>;
  close(): Promise<void>;
}

/** How the files of a source are read. */
export interface FileForm {
  readonly node: string;
  /** Opens a file at its beginning; `offset` is that of its first record. */
  begin(file: SourceFile, offset: number): Promise<FileCursor>;
  /** Opens a file where a position says. Throws `FILE_CHANGED` where it is not the file of that position any more. */
  resume(file: SourceFile, at: FilePosition): Promise<FileCursor>;
}

/** Says that a file is not the one that a position speaks of, and what to do. */
export function changed(file: SourceFile, node: string, what: string): HeadraceError {
  const message = `The file "${file.name}" of source "${node}" ${what}. Put back the file that was there, or begin anew with --from earliest.`;
  return new HeadraceError('FILE_CHANGED', message, { place: { node, file: file.path } });
}

/** Returns the position before the first record of a file. */
export async function startOf(file: SourceFile, offset: number): Promise<FilePosition> {
  const head = headOf(await firstBytes(file.path, headBytes));
  return { file: file.name, index: 0, byte: 0, offset, head, done: false };
}

/** Looks whether a file still begins as a position says. A file that grew is known by more bytes from then on. */
export async function recognized(file: SourceFile, at: FilePosition, node: string): Promise<FilePosition> {
  const head = headOf(await firstBytes(file.path, headLength(at.head)));
  if (head !== at.head) throw changed(file, node, 'does not begin as it did when it was read');
  return { ...at, head: headOf(await firstBytes(file.path, headBytes)) };
}

/** Returns the time of the last change of a file, which is that of its records. */
export async function timeOf(file: SourceFile): Promise<number> {
  return Math.floor((await stat(file.path)).mtimeMs);
}

/** What records of one file have in common. */
export interface RecordsOrigin {
  readonly offset: number;
  readonly timestamp: number;
  readonly file: SourceFile;
}

/** Makes columns of values that follow each other in a file. */
export function columnsOf(values: Column, count: number, { offset, timestamp, file }: RecordsOrigin): Columns {
  const headers = Object.freeze([{ name: 'file', value: Buffer.from(file.name) }]);
  return {
    count,
    offsets: Float64Array.from({ length: count }, (_, row) => offset + row),
    timestamps: new Float64Array(count).fill(timestamp),
    keys: nullColumn(count),
    values,
    headers: { kind: 'objects', items: Array.from({ length: count }, () => headers) },
  };
}

/** Runs work on a file; what a file system reports is told with the file. */
export async function guarded<T>(file: SourceFile, node: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw readFailed(node, file.path, thrown);
  }
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
