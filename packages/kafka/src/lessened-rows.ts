import { bytesAt, gatherRows, nullColumn } from '@headrace/core';
import type { Columns, Header, Log, Refusal } from '@headrace/core';
import { headersOf } from './topic-rows.ts';

const wrongTime: ReadonlySet<string> = new Set(['INVALID_TIMESTAMP']);
const tooLarge: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** The header of a dead letter whose value was left out: so many bytes it had. */
const leftOutHeader = '__headrace.errors.leftOutBytes';

/**
 * Appends once more what was refused for its time, without one, and what was refused for its size, without its value: the headers of a
 * dead letter say when its record was written and where the value lies. Returns what is refused after that.
 */
export async function appendLessened(
  log: Log,
  topic: string,
  partitions: Int32Array,
  records: Columns,
  refusals: readonly Refusal[],
): Promise<readonly Refusal[]> {
  const again = async (before: readonly Refusal[], codes: ReadonlySet<string>, lessen: (rows: Columns) => Columns) => {
    const isMeant = (refusal: Refusal): boolean => 'code' in refusal && codes.has(refusal.code);
    const rows = before.filter(isMeant).map(({ row }) => row);
    if (rows.length === 0) return before;
    const numbers = Int32Array.from(rows, (row) => partitions[row] as number);
    const after = await log.append(topic, numbers, lessen(gatherRows(records, rows)), { compression: 'none' });
    return [
      ...before.filter((refusal) => !isMeant(refusal)),
      ...after.map((refusal) => ({ ...refusal, row: rows[refusal.row] as number })),
    ];
  };
  const timed = await again(refusals, wrongTime, withoutTimes);
  // What has a wrong time as well is told so only now.
  const sized = await again(timed, tooLarge, withoutValues);
  return again(sized, wrongTime, (rows) => withoutValues(withoutTimes(rows)));
}

/** Kafka's own sign for a record that has no time. */
function withoutTimes(records: Columns): Columns {
  return { ...records, timestamps: new Float64Array(records.count).fill(-1) };
}

function withoutValues(records: Columns): Columns {
  const { values, count } = records;
  const items = Array.from({ length: count }, (_, row): readonly Header[] => {
    const bytes = values.kind === 'bytes' ? (bytesAt(values, row)?.length ?? 0) : 0;
    return [...headersOf(records, row), { name: leftOutHeader, value: Buffer.from(String(bytes)) }];
  });
  return { ...records, values: nullColumn(count), headers: { kind: 'objects', items } };
}
