import type { Refusal } from '../component/refusal.ts';
import { bytesAt, type Column } from '../record/columns.ts';
import { keyAt } from '../record/key-at.ts';
import type { RecordBatch } from '../record/record-batch.ts';

/** A batch as a sink takes it. */
export interface AcceptedRows {
  /** The physical rows that are taken, in order, and what their values are. */
  readonly rows: readonly number[];
  readonly values: readonly (Uint8Array | null)[];
  readonly refusals: readonly Refusal[];
}

/** A batch as lines of text. */
export interface Lines {
  readonly bytes: Uint8Array;
  readonly refusals: readonly Refusal[];
}

/** Says why a value, or the row that it is of, cannot be written; null where it can. */
export type RowCheck = (value: Uint8Array | null, row: number) => { code: string; message: string } | null;

const newline = 0x0a;
const nullText = Buffer.from('null');

/**
 * Looks at each row of a batch. One that the check refuses is left out, and so are all later rows of its key until it is settled:
 * they are to be written again.
 */
export function acceptedRows(batch: RecordBatch, check: RowCheck): AcceptedRows {
  const rows: number[] = [];
  const values: (Uint8Array | null)[] = [];
  const refusals: Refusal[] = [];
  const heldKeys = new Set<string>();
  for (let i = 0; i < batch.rows; i++) {
    const row = batch.row(i);
    const value = cellBytes(batch.values, row);
    const fault = check(value, row);
    if (fault !== null) {
      refusals.push({ row, ...fault });
      const key = keyAt(batch.keys, row);
      if (key !== null) heldKeys.add(key);
    } else if (heldKeys.size > 0 && heldKeys.has(keyAt(batch.keys, row) ?? '')) {
      refusals.push({ row, retryAfterMs: 0 });
    } else {
      rows.push(row);
      values.push(value);
    }
  }
  return { rows, values, refusals };
}

/** Writes one line a row, copied into one buffer. */
export function linesOf(batch: RecordBatch, check: RowCheck): Lines {
  const { values, refusals } = acceptedRows(batch, check);
  return { bytes: joinedLines(values), refusals };
}

/** Refuses null values, which no file has a form for. */
export const someValue: RowCheck = (value) =>
  value === null ? { code: 'NULL_VALUE', message: 'A null value cannot be a record of a file.' } : null;

/** Refuses what would not be one line that reads back as one record. */
export const oneLine: RowCheck = (value) => {
  if (value === null) return { code: 'NULL_VALUE', message: 'A null value cannot be a line of a file.' };
  if (!value.includes(newline)) return null;
  return { code: 'NEWLINE_IN_VALUE', message: 'A value with a line break in it cannot be one line of a file.' };
};

/** Refuses nothing: a null is written as such. */
export const anyLine: RowCheck = () => null;

/** Joins values to lines, in one buffer. */
export function joinedLines(values: readonly (Uint8Array | null)[]): Uint8Array {
  const lines = values.map((value) => value ?? nullText);
  const bytes = Buffer.allocUnsafe(lines.reduce((size, line) => size + line.length + 1, 0));
  let at = 0;
  for (const line of lines) {
    bytes.set(line, at);
    at += line.length;
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
