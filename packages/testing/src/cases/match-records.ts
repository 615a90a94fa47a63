import { compare, type Difference } from './compare.ts';
import type { ExpectedRecord, ExpectStep } from './test-file.ts';

/** A record as tests see it: JSON, with the timestamp as epoch milliseconds. */
export interface JsonRecord {
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: number;
  readonly headers: Readonly<Record<string, string | null>>;
}

/** Compares what came with what is expected; only what is written of a record is compared. */
export function matchRecords(
  { records, count, none, match = 'exact' }: ExpectStep,
  came: readonly JsonRecord[],
): Difference[] {
  const wanted = none === true ? 0 : count;
  if (wanted !== undefined && came.length !== wanted)
    return [{ path: '', message: `expected ${number(wanted)}, got ${number(came.length)}${listed(came)}` }];
  if (records === undefined) return [];
  if (match === 'unordered') return matchUnordered(records, came);
  const differences = records.flatMap((record, i) => {
    const given = came[i];
    const path = `records[${String(i)}]`;
    return given === undefined
      ? [{ path, message: `expected ${JSON.stringify(record)}, got nothing` }]
      : compareRecord(record, given, path, match === 'subset');
  });
  return [...differences, ...came.slice(records.length).map((record, i) => unexpected(record, records.length + i))];
}

/** Compares the parts that are written of an expected record. */
export function compareRecord(expected: ExpectedRecord, came: JsonRecord, path: string, subset: boolean): Difference[] {
  return (['key', 'value', 'timestamp', 'headers'] as const).flatMap((part) =>
    Object.hasOwn(expected, part)
      ? // Of headers only those that are written are compared: sources add some of their own.
        compare(expected[part], came[part], `${path}.${part}`, subset || part === 'headers')
      : [],
  );
}

// Each expected record takes the first that fits; what is left on both sides is told.
function matchUnordered(records: readonly ExpectedRecord[], came: readonly JsonRecord[]): Difference[] {
  const left = [...came.keys()];
  const missing: Difference[] = [];
  for (const [i, record] of records.entries()) {
    const found = left.findIndex((at) => compareRecord(record, came[at] as JsonRecord, '', false).length === 0);
    if (found >= 0) left.splice(found, 1);
    else missing.push({ path: `records[${String(i)}]`, message: `no record is ${JSON.stringify(record)}` });
  }
  return [...missing, ...left.map((at) => unexpected(came[at] as JsonRecord, at))];
}

function unexpected(record: JsonRecord, at: number): Difference {
  return { path: `records[${String(at)}]`, message: `expected nothing, got ${JSON.stringify(record)}` };
}

function number(count: number): string {
  return count === 1 ? '1 record' : `${String(count)} records`;
}

function listed(came: readonly JsonRecord[]): string {
  const shown = came.slice(0, 3).map((record) => `\n    ${JSON.stringify(record)}`);
  return `${shown.join('')}${came.length > 3 ? '\n    …' : ''}`;
}
