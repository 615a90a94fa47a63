import { BytesBuilder } from './bytes-builder.ts';
import type { Column, Columns } from './columns.ts';
import type { Failure } from './failure.ts';
import type { TaskBatch } from './task-batch.ts';

type Batches = readonly [TaskBatch, ...TaskBatch[]];

/** Makes one batch of the selected rows of several, in order; they are of one epoch and place. The result is a new handle, charged with the bytes of all. */
export function joinBatches(batches: Batches): TaskBatch {
  const bytes = batches.reduce((sum, batch) => sum + batch.bytes, 0);
  const kept = batches[0].kept === null ? null : joinColumns(batches, (batch) => batch.kept as Columns);
  return batches[0].derive(
    joinColumns(batches, (batch) => batch),
    joinOrdinals(batches),
    joinFailures(batches),
    bytes,
    kept,
  );
}

function joinColumns(batches: Batches, of: (batch: TaskBatch) => Columns): Columns {
  const numbers = (part: 'offsets' | 'timestamps'): Float64Array => {
    const joined = new Float64Array(rowsOf(batches));
    let at = 0;
    for (const batch of batches) {
      const column = of(batch)[part];
      for (let i = 0; i < batch.rows; i++) joined[at++] = column[batch.row(i)] as number;
    }
    return joined;
  };
  const column = (part: 'keys' | 'values' | 'headers'): Column => joinColumn(batches, (batch) => of(batch)[part]);
  return {
    count: rowsOf(batches),
    offsets: numbers('offsets'),
    timestamps: numbers('timestamps'),
    keys: column('keys'),
    values: column('values'),
    headers: column('headers'),
  };
}

function joinColumn(batches: Batches, of: (batch: TaskBatch) => Column): Column {
  if (batches.some((batch) => of(batch).kind === 'bytes')) return joinBytes(batches, of);
  const items: unknown[] = [];
  for (const batch of batches) {
    const column = of(batch);
    for (let i = 0; i < batch.rows; i++)
      items.push(column.kind === 'objects' ? (column.items[batch.row(i)] ?? null) : null);
  }
  return { kind: 'objects', items };
}

function joinBytes(batches: Batches, of: (batch: TaskBatch) => Column): Column {
  const builder = new BytesBuilder();
  for (const batch of batches) {
    const column = of(batch);
    for (let i = 0; i < batch.rows; i++) {
      const row = batch.row(i);
      if (column.kind === 'bytes')
        builder.addRange(column.buffer, column.starts[row] as number, column.ends[row] as number);
      else addItem(builder, column.items[row]);
    }
  }
  return builder.take();
}

function addItem(builder: BytesBuilder, item: unknown): void {
  if (item instanceof Uint8Array) builder.addBytes(item);
  else builder.addNull();
}

function joinOrdinals(batches: Batches): Uint32Array | null {
  if (batches.every(({ ordinals }) => ordinals === null)) return null;
  const joined = new Uint32Array(rowsOf(batches));
  let at = 0;
  for (const batch of batches) for (let i = 0; i < batch.rows; i++) joined[at++] = batch.ordinals?.[batch.row(i)] ?? 0;
  return joined;
}

function joinFailures(batches: Batches): (Failure | null)[] | null {
  const joined: (Failure | null)[] = [];
  for (const batch of batches) for (let i = 0; i < batch.rows; i++) joined.push(batch.failures?.[batch.row(i)] ?? null);
  return joined.some((failure) => failure !== null) ? joined : null;
}

function rowsOf(batches: Batches): number {
  return batches.reduce((rows, batch) => rows + batch.rows, 0);
}
