import type { NewRecord } from '../component/record-view.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { Header } from '../record/columns.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { isDynamic } from '../types/edge-type.ts';
import { fitValue } from './fit-value.ts';

/** What a new record is made of. */
export interface NewRow {
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: number;
  readonly headers: readonly Header[] | null;
}

/** Turns records that a function made into rows of an edge; `base` gives what it left out. */
export type RowMaker = (record: unknown, base: NewRow) => NewRow;

const latest = 253_402_300_799_999;

/** Builds what looks at a new record: its value and key must fit the types of the edge, its time must be an instant. */
export function rowMaker(edge: EdgeType): RowMaker {
  const fit = isDynamic(edge.value) ? null : fitValue({ kind: 'dyn' }, edge.value, 'value');
  const fitKey = edge.key === null || isDynamic(edge.key) ? null : fitValue({ kind: 'dyn' }, edge.key, 'key');
  return (record, base) => {
    if (typeof record !== 'object' || record === null || !('value' in record))
      throw new HeadraceError('NOT_A_RECORD', 'What a function emits is an object with "value".');
    const { value, key, timestamp, headers } = record as NewRecord;
    return {
      value: fit === null ? value : fit(value ?? null),
      key: key === undefined ? base.key : key === null || fitKey === null ? key : fitKey(key),
      timestamp: timestamp === undefined ? base.timestamp : checkedTime(timestamp),
      headers: headers === undefined ? base.headers : [...(base.headers ?? []), ...headersOf(headers)],
    };
  };
}

function checkedTime(timestamp: unknown): number {
  if (typeof timestamp === 'number' && timestamp >= 0 && timestamp <= latest) return Math.floor(timestamp);
  throw new HeadraceError('VALUE_OUT_OF_RANGE', 'The timestamp is no instant from 1970 to 9999.');
}

function headersOf(headers: NonNullable<NewRecord['headers']>): Header[] {
  return Object.entries(headers).map(([name, value]) => {
    if (value === null || value instanceof Uint8Array) return { name, value };
    if (typeof value === 'string') return { name, value: Buffer.from(value) };
    throw new HeadraceError('HEADER_IS_NO_TEXT', `The value for header "${name}" is neither text nor bytes.`);
  });
}
