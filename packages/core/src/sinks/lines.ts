import type { Refusal } from '../component/refusal.ts';
import { bytesAt, type Column } from '../record/columns.ts';
import type { RecordBatch } from '../record/record-batch.ts';

/** A batch as lines of text. */
export interface Lines {
  readonly bytes: Uint8Array;
  /** The physical rows that are in `bytes`, in order. */
  readonly rows: readonly number[];
  readonly refusals: readonly Refusal[];
}

/** Says why a value cannot be a line; null where it can. */
export type LineCheck = (value: Uint8Array | null) => { code: string; message: string } | null;

const newline = 0x0a;
const nullText = Buffer.from('null');

/**
 * Writes one line a row, copied into one buffer. A row that the check refuses is left out, and so are all later rows of its key
 * until it is settled: they are to be written again.
 */
export function linesOf(batch: RecordBatch, check: LineCheck): Lines {
  const rows: number[] = [];
  const values: Uint8Array[] = [];
  const refusals: Refusal[] = [];
  const heldKeys = new Set<string>();
  let size = 0;
  for (let i = 0; i < batch.rows; i++) {
    const row = batch.row(i);
    const value = cellBytes(batch.values, row);
    const fault = check(value);
    if (fault !== null) {
      refusals.push({ row, ...fault });
      const key = keyOf(batch.keys, row);
      if (key !== null) heldKeys.add(key);
    } else if (heldKeys.size > 0 && heldKeys.has(keyOf(batch.keys, row) ?? '')) {
      refusals.push({ row, retryAfterMs: 0 });
    } else {
      rows.push(row);
      values.push(value ?? nullText);
      size += (value ?? nullText).length + 1;
    }
  }
  return { bytes: joined(values, size), rows, refusals };
}

/** Refuses what would not be one line that reads back as one record. */
export const oneLine: LineCheck = (value) => {
  if (value === null) return { code: 'NULL_VALUE', message: 'A null value cannot be a line of a file.' };
  if (!value.includes(newline)) return null;
  return { code: 'NEWLINE_IN_VALUE', message: 'A value with a line break in it cannot be one line of a file.' };
};

/** Refuses nothing: a null is written as such. */
export const anyLine: LineCheck = () => null;

function joined(values: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const value of values) {
    bytes.set(value, at);
    at += value.length;
    bytes[at++] = newline;
  }
  return bytes;
}

function cellBytes(column: Column, row: number): Uint8Array | null {
  if (column.kind === 'bytes') return bytesAt(column, row);
  const item = column.items[row];
  if (item === null || item instanceof Uint8Array) return item;
  throw new TypeError('A sink was given values that are not encoded.');
}

function keyOf(column: Column, row: number): string | null {
  if (column.kind === 'bytes') {
    const key = bytesAt(column, row);
    return key === null ? null : Buffer.from(key).toString('latin1');
  }
  const item = column.items[row];
  if (item === null || item === undefined) return null;
  if (item instanceof Uint8Array) return Buffer.from(item).toString('latin1');
  return typeof item === 'object' ? JSON.stringify(item, exactly) : `${typeof item}:${String(item as string | number)}`;
}

function exactly(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
