import { bytesAt, bytesColumn, HeadraceError, headersAt } from '@headrace/core';
import type { Column, Columns, Header } from '@headrace/core';

/** A record as it lies in a Log: bytes, a place and a time. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly Header[];
}

/** A record to append; what is left out is null, none, or time zero. */
export interface NewLogRecord {
  readonly key?: Uint8Array | null;
  readonly value?: Uint8Array | null;
  readonly headers?: readonly Header[];
  readonly timestamp?: number;
}

/** Makes columns of records that are to be appended. */
export function columnsOf(records: readonly NewLogRecord[]): Columns {
  return {
    count: records.length,
    offsets: new Float64Array(records.length),
    timestamps: Float64Array.from(records, (record) => record.timestamp ?? 0),
    keys: bytesColumn(records.map((record) => record.key ?? null)),
    values: bytesColumn(records.map((record) => record.value ?? null)),
    headers: headersColumn(records),
  };
}

/** Makes columns of records that were read, with their offsets. */
export function columnsOfLog(records: readonly LogRecord[]): Columns {
  return { ...columnsOf(records), offsets: Float64Array.from(records, (record) => record.offset) };
}

/** Copies one row out of columns whose keys and values are bytes; Kafka's timestamps are whole milliseconds. */
export function recordAt(columns: Columns, row: number, place: { partition: number; offset: number }): LogRecord {
  return {
    ...place,
    timestamp: Math.floor(columns.timestamps[row] as number),
    key: copy(cell(columns.keys, row, 'key')),
    value: copy(cell(columns.values, row, 'value')),
    headers: headersAt(columns.headers, row).map(({ name, value }) => ({ name, value: copy(value) })),
  };
}

function headersColumn(records: readonly NewLogRecord[]): Column {
  return {
    kind: 'objects',
    items: records.map((record) =>
      record.headers === undefined || record.headers.length === 0 ? null : record.headers,
    ),
  };
}

function cell(column: Column, row: number, what: string): Uint8Array | null {
  if (column.kind === 'bytes') return bytesAt(column, row);
  const item = column.items[row];
  if (item === null || item instanceof Uint8Array) return item;
  throw new HeadraceError('NOT_BYTES', `The ${what} of row ${row} is not encoded: a Log holds bytes only.`);
}

function copy(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : new Uint8Array(bytes);
}
