import { HeadraceError } from '@headrace/core';
import type { Columns, Refusal } from '@headrace/core';
import type { AppendFault } from './log-faults.ts';
import { recordAt } from './log-record.ts';
import type { LogRecord } from './log-record.ts';
import { RowGate } from './row-gate.ts';
import type { StoredTopic } from './stored-topic.ts';

/** Splits rows into records with their future offsets, and refusals. */
export function appendRows(
  topic: StoredTopic,
  partitions: Int32Array,
  columns: Columns,
  fault: AppendFault | null,
): { records: readonly LogRecord[]; refusals: readonly Refusal[] } {
  if (partitions.length !== columns.count)
    throw new HeadraceError(
      'INVALID_PARTITIONS',
      `Append to "${topic.name}" names ${partitions.length} partitions for ${columns.count} rows.`,
    );
  const gate = new RowGate(fault);
  const ends = new Map<number, number>();
  const records: LogRecord[] = [];
  const refusals: Refusal[] = [];
  for (let row = 0; row < columns.count; row += 1) {
    const number = partitions[row] as number;
    const offset = ends.get(number) ?? topic.partition(number).end;
    const record = recordAt(columns, row, { partition: number, offset });
    const reason = gate.refuse(row, number, record.key);
    if (reason === null) {
      records.push(record);
      ends.set(number, offset + 1);
    } else refusals.push({ row, ...reason });
  }
  return { records, refusals };
}
