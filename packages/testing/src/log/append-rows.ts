import { HeadraceError } from '@headrace/core';
import type { Columns, Refusal } from '@headrace/core';
import type { AppendFault, RefusalReason } from './log-faults.ts';
import { recordAt } from './log-record.ts';
import type { LogRecord } from './log-record.ts';
import type { StoredTopic } from './stored-topic.ts';

/** Splits rows into records with their future offsets and refusals. A refused row refuses the later ones of its key, for order. */
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
  const ends = new Map<number, number>();
  const held = new Map<string, RefusalReason>();
  const records: LogRecord[] = [];
  const refusals: Refusal[] = [];
  for (let row = 0; row < columns.count; row += 1) {
    const number = partitions[row] as number;
    const offset = ends.get(number) ?? topic.partition(number).end;
    const record = recordAt(columns, row, { partition: number, offset });
    const key = record.key === null ? null : `${number}:${Buffer.from(record.key).toString('latin1')}`;
    const reason = fault?.refuse?.(row) ?? (key === null ? null : held.get(key)) ?? null;
    if (reason === null) {
      records.push(record);
      ends.set(number, offset + 1);
      continue;
    }
    if (key !== null) held.set(key, reason);
    refusals.push({ row, ...reason });
  }
  return { records, refusals };
}
