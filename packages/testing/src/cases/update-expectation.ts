import type { Path } from '@headrace/core';
import { compare, specialOf } from './compare.ts';
import { compareRecord, type JsonRecord } from './match-records.ts';
import type { ExpectedRecord, ExpectStep } from './test-file.ts';

/** A change of a test file at a place in it; undefined takes away what stands there, and -1 at the end of a path stands behind the last item. */
export interface FileChange {
  readonly at: Path;
  readonly value: unknown;
}

/**
 * Says what to change in an expectation so that it holds of what came: the parts that differ and nothing else. `$any`, `$where` and
 * `$approx` stay where they hold. Only `records` and `count` are changed: that nothing was expected is the author's to think over.
 * The changes are to be made one after the other.
 */
export function updateExpectation(expect: ExpectStep, came: readonly JsonRecord[], at: Path): readonly FileChange[] {
  const { records, count, none, match = 'exact' } = expect;
  if (none === true) return [];
  const counted = count !== undefined && count !== came.length ? [{ at: [...at, 'count'], value: came.length }] : [];
  if (records === undefined) return counted;
  const pairs = match === 'unordered' ? pairAnyhow(records, came) : came.map((_, i) => i);
  const changed = records.flatMap((record, i) => {
    const given = came[pairs[i] ?? came.length];
    return given === undefined ? [] : ofRecord(record, given, [...at, 'records', i], match === 'subset');
  });
  const paired = new Set(records.map((_, i) => pairs[i]));
  const more = [...came.keys()].filter((i) => !paired.has(i)).map((i) => written(came[i] as JsonRecord));
  const fewer = [...records.keys()].filter((i) => pairs[i] === undefined || pairs[i] >= came.length).toReversed();
  return [
    ...counted,
    ...changed,
    ...fewer.map((i) => ({ at: [...at, 'records', i], value: undefined })),
    ...more.map((value) => ({ at: [...at, 'records', -1], value })),
  ];
}

/** Gives each expected record the number of one that came: one that fits, else any that is left. */
function pairAnyhow(records: readonly ExpectedRecord[], came: readonly JsonRecord[]): readonly (number | undefined)[] {
  const left = [...came.keys()];
  const fitting = records.map((record) => {
    const found = left.findIndex((at) => compareRecord(record, came[at] as JsonRecord, '', false).length === 0);
    return found < 0 ? undefined : left.splice(found, 1)[0];
  });
  return fitting.map((at) => at ?? left.shift());
}

function ofRecord(expected: ExpectedRecord, came: JsonRecord, at: Path, subset: boolean): FileChange[] {
  return (['key', 'value', 'timestamp', 'headers'] as const).flatMap((part) =>
    Object.hasOwn(expected, part)
      ? changesOf(expected[part], came[part], [...at, part], subset || part === 'headers')
      : [],
  );
}

function changesOf(expected: unknown, actual: unknown, at: Path, subset: boolean): FileChange[] {
  if (compare(expected, actual, '', subset).length === 0) return [];
  if (isObject(expected) && isObject(actual) && specialOf(expected) === null)
    return ofObject(expected, actual, at, subset);
  if (Array.isArray(expected) && Array.isArray(actual)) return ofList(expected, actual, at, subset);
  return [{ at, value: asTime(expected, actual) }];
}

type Fields = Readonly<Record<string, unknown>>;

function ofObject(expected: Fields, actual: Fields, at: Path, subset: boolean): FileChange[] {
  const changes = Object.entries(expected).flatMap(([key, part]) => {
    if (Object.hasOwn(actual, key)) return changesOf(part, actual[key], [...at, key], subset);
    return [{ at: [...at, key], value: undefined }];
  });
  if (subset) return changes;
  const more = Object.keys(actual).filter((key) => !Object.hasOwn(expected, key));
  return [...changes, ...more.map((key) => ({ at: [...at, key], value: actual[key] }))];
}

function ofList(expected: readonly unknown[], actual: readonly unknown[], at: Path, subset: boolean): FileChange[] {
  const both = Math.min(expected.length, actual.length);
  const fewer = [...expected.keys()].slice(both).toReversed();
  return [
    ...expected.slice(0, both).flatMap((item, i) => changesOf(item, actual[i], [...at, i], subset)),
    ...fewer.map((i) => ({ at: [...at, i], value: undefined })),
    ...actual.slice(both).map((value) => ({ at: [...at, -1], value })),
  ];
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A time that was written as a text stays one. */
function asTime(expected: unknown, actual: unknown): unknown {
  const isTime = typeof expected === 'string' && typeof actual === 'number' && !Number.isNaN(Date.parse(expected));
  return isTime ? new Date(actual).toISOString() : actual;
}

function written({ key, value }: JsonRecord): object {
  return { ...(key !== null && { key }), value };
}
