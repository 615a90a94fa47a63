import { strict as assert } from 'node:assert';
import { bytesAt, headersAt } from '@headrace/core';
import type { Header, ReadResult, SplitReader } from '@headrace/core';

/** A record as a scenario compares it: bytes as text, null as null. */
export interface ReadRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
}

/** How often a read may find nothing before a scenario gives up. */
const patience = 600;

/** Reads one result with records, asking again where nothing has come yet. */
async function readSome(reader: SplitReader, records = 1000): Promise<ReadResult> {
  const { signal } = new AbortController();
  for (let attempt = 0; attempt < patience; attempt += 1) {
    const result = await reader.read({ records, bytes: 1_000_000, waitMs: 100 }, signal);
    assert.notEqual(result, 'end', 'An unbounded reader came to an end.');
    if (typeof result !== 'string' && result.records !== null) return result;
  }
  assert.fail(`Nothing was read in ${patience} attempts.`);
}

/** Reads exactly so many records, and holds each result to what a reader promises of it. */
export async function readRecords(reader: SplitReader, count: number, atOnce = 1000): Promise<readonly ReadRecord[]> {
  const records: ReadRecord[] = [];
  while (records.length < count) {
    const result = await readSome(reader, atOnce);
    const some = recordsOf(result);
    assert.ok(some.length > 0, 'A result with records has none.');
    assert.ok(some.length <= atOnce, `${some.length} records came where at most ${atOnce} were asked for.`);
    records.push(...some);
    assert.equal(typeof result.next, 'number', 'A position of a Log is an offset.');
    assert.equal(result.nextOffset, result.next, 'The next offset and the position of a Log are the same.');
    assert.ok(result.nextOffset > (records.at(-1)?.offset as number), 'The next offset lies after what was read.');
  }
  assert.equal(records.length, count, 'More records were read than appended.');
  return records;
}

/** Turns a result into records with text. */
export function recordsOf(result: ReadResult): readonly ReadRecord[] {
  const { records } = result;
  if (records === null) return [];
  const { keys, values, headers } = records;
  assert.ok(keys.kind === 'bytes' && values.kind === 'bytes', 'A Log reads keys and values as bytes.');
  return Array.from({ length: records.count }, (_, row) => ({
    offset: records.offsets[row] as number,
    timestamp: records.timestamps[row] as number,
    key: text(bytesAt(keys, row)),
    value: text(bytesAt(values, row)),
    headers: headersAt(headers, row).map(({ name, value }: Header) => [name, text(value)] as const),
  }));
}

function text(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString();
}
