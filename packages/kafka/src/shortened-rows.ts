import { bytesAt, gatherRows, nullColumn } from '@headrace/core';
import type { Columns, Header, Log, Refusal } from '@headrace/core';
import { headersOf } from './topic-rows.ts';

const tooLarge: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** The header of a dead letter whose value was left out: so many bytes it had. */
const leftOutHeader = '__headrace.errors.leftOutBytes';

/**
 * Appends once more, without their values, the rows that were refused for their size; their headers say where the values lie. Returns what is
 * refused after that.
 */
export async function appendShortened(
  log: Log,
  topic: string,
  partitions: Int32Array,
  records: Columns,
  refusals: readonly Refusal[],
): Promise<readonly Refusal[]> {
  const isLarge = (refusal: Refusal): boolean => 'code' in refusal && tooLarge.has(refusal.code);
  const rows = refusals.filter(isLarge).map(({ row }) => row);
  if (rows.length === 0) return refusals;
  const numbers = Int32Array.from(rows, (row) => partitions[row] as number);
  const again = await log.append(topic, numbers, withoutValues(gatherRows(records, rows)), { compression: 'none' });
  return [
    ...refusals.filter((refusal) => !isLarge(refusal)),
    ...again.map((refusal) => ({ ...refusal, row: rows[refusal.row] as number })),
  ];
}

function withoutValues(records: Columns): Columns {
  const { values, count } = records;
  const items = Array.from({ length: count }, (_, row): readonly Header[] => {
    const bytes = values.kind === 'bytes' ? (bytesAt(values, row)?.length ?? 0) : 0;
    return [...headersOf(records, row), { name: leftOutHeader, value: Buffer.from(String(bytes)) }];
  });
  return { ...records, values: nullColumn(count), headers: { kind: 'objects', items } };
}
