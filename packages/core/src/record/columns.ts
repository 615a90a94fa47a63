/** Holds one byte range a row in a shared buffer. A null is a row whose start is -1; an empty range is an empty value. */
export interface BytesColumn {
  readonly kind: 'bytes';
  readonly buffer: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The id of the writer's schema of each row, or null where the column has one schema. */
  readonly schemaIds: Int32Array | null;
}

/** Holds one decoded value a row; null is null. */
export interface ObjectsColumn {
  readonly kind: 'objects';
  readonly items: readonly unknown[];
}

/** The two shapes that a column has, never more. */
export type Column = BytesColumn | ObjectsColumn;

/** A header of a record: names may repeat; a value is bytes or null. */
export interface Header {
  readonly name: string;
  readonly value: Uint8Array | null;
}

/** A run of records as columns. `headers` holds, a row, `readonly Header[]` or null for none. Timestamps are epoch milliseconds. */
export interface Columns {
  readonly count: number;
  readonly offsets: Float64Array;
  readonly timestamps: Float64Array;
  readonly keys: Column;
  readonly values: Column;
  readonly headers: Column;
}

/** Makes a bytes column from one byte array a row; the bytes are copied into one buffer. */
export function bytesColumn(rows: readonly (Uint8Array | null)[]): BytesColumn {
  let size = 0;
  for (const row of rows) size += row?.length ?? 0;
  const buffer = Buffer.allocUnsafe(size);
  const starts = new Int32Array(rows.length);
  const ends = new Int32Array(rows.length);
  let at = 0;
  rows.forEach((row, index) => {
    if (row === null) {
      starts[index] = -1;
      ends[index] = -1;
      return;
    }
    buffer.set(row, at);
    starts[index] = at;
    at += row.length;
    ends[index] = at;
  });
  return { kind: 'bytes', buffer, starts, ends, schemaIds: null };
}

/** Returns the bytes of a row as a view, or null. */
export function bytesAt(column: BytesColumn, row: number): Uint8Array | null {
  const start = column.starts[row] as number;
  return start < 0 ? null : column.buffer.subarray(start, column.ends[row]);
}

const nulls: null[] = [];

/** Makes a column of nulls. */
export function nullColumn(count: number): ObjectsColumn {
  while (nulls.length < count) nulls.push(null);
  return { kind: 'objects', items: nulls.slice(0, count) };
}

/** Returns the headers of a row; none gives an empty list. */
export function headersAt(column: Column, row: number): readonly Header[] {
  if (column.kind === 'bytes') return [];
  return (column.items[row] as readonly Header[] | null) ?? [];
}

/**
 * Estimates the memory that columns hold beside the buffers of their bytes: a flat amount, numbers for each row and decoded items. What holds a
 * buffer is counted apart, since several may share one.
 */
export function columnsBytes(columns: Columns): number {
  return (
    1024 + columns.count * 16 + columnBytes(columns.keys) + columnBytes(columns.values) + columnBytes(columns.headers)
  );
}

const decodedItemBytes = 200;

function columnBytes(column: Column): number {
  if (column.kind === 'bytes') return column.starts.length * 8;
  return column.items.length * (column.items.length > 0 && column.items[0] !== null ? decodedItemBytes : 8);
}

/** Cuts a run of rows out of columns; buffers are shared, so what is charged is charged once. */
export function sliceColumns(columns: Columns, from: number, to: number): Columns {
  return {
    count: to - from,
    offsets: columns.offsets.subarray(from, to),
    timestamps: columns.timestamps.subarray(from, to),
    keys: sliceColumn(columns.keys, from, to),
    values: sliceColumn(columns.values, from, to),
    headers: sliceColumn(columns.headers, from, to),
  };
}

function sliceColumn(column: Column, from: number, to: number): Column {
  if (column.kind === 'objects') return { kind: 'objects', items: column.items.slice(from, to) };
  return {
    kind: 'bytes',
    buffer: column.buffer,
    starts: column.starts.subarray(from, to),
    ends: column.ends.subarray(from, to),
    schemaIds: column.schemaIds?.subarray(from, to) ?? null,
  };
}
