import { createHash } from 'node:crypto';
import type { Position } from '../../component/position.ts';
import { HeadraceError } from '../../errors/headrace-error.ts';

/** A place in a run of files. */
export interface FilePosition {
  /** The name of the file. */
  readonly file: string;
  /** The number of the next record in the file. */
  readonly index: number;
  /** Where it begins, or in a container of Avro its block does; in a compressed file, in what that unpacks to. */
  readonly byte: number;
  /** The number of the first record of its block, in a container of Avro. */
  readonly blockIndex?: number;
  /** The offset of the next record. */
  readonly offset: number;
  /** What the file begins with, so that another one of the same name is noticed. */
  readonly head: string;
  /** Whether the file was read to its end. */
  readonly done: boolean;
}

/** How many bytes of a file say whether it is the same. */
export const headBytes = 1024;

/** Sums up the bytes that a file begins with: their number, and a hash. */
export function headOf(bytes: Uint8Array): string {
  return `${bytes.length}:${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
}

/** Returns how many bytes a head sums up. */
export function headLength(head: string): number {
  return Number(head.split(':')[0]);
}

/** Writes a position as a JSON value; it begins with its version. */
export function toPosition({ file, index, byte, blockIndex, offset, head, done }: FilePosition): Position {
  return { version: 1, file, index, byte, ...(blockIndex !== undefined && { blockIndex }), offset, head, done };
}

/** Reads a position that `toPosition` wrote. */
export function fromPosition(position: Position, node: string): FilePosition {
  const value = position as unknown as Partial<FilePosition> & { version?: number };
  if (typeof position !== 'object' || value.version !== 1 || typeof value.file !== 'string') {
    throw new HeadraceError('STATE_UNREADABLE', `The position of source "${node}" is not one of this version.`, {
      place: { node },
    });
  }
  return value as FilePosition;
}
