import type { NodeRun } from '../component/operator.ts';
import type { NewRecord } from '../component/record-view.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { columnsBytes, headersAt, type Columns, type Header } from '../record/columns.ts';
import { itemAt } from '../record/records-of.ts';
import type { NodeId, Port } from '../record/record-batch.ts';
import type { TaskBatch } from '../record/task-batch.ts';
import { rowMaker, type NewRow, type RowMaker } from '../stage/new-row.ts';
import type { EdgeType } from '../types/edge-type.ts';

/** Makes batches of new records for one subscription of an asynchronous node: they belong where what it took last belongs. */
export class BatchMaker implements NodeRun {
  readonly #node: NodeId;
  readonly #makers: ReadonlyMap<Port, RowMaker>;
  #last: { readonly batch: TaskBatch; readonly offset: number; readonly base: NewRow } | null = null;
  #made = 0;

  constructor(node: NodeId, outputs: Readonly<Record<Port, EdgeType>>) {
    this.#node = node;
    this.#makers = new Map(Object.entries(outputs).map(([port, edge]) => [port, rowMaker(edge)]));
  }

  /** Notes what the node has taken; `batch` must live as long as the subscription. */
  took(batch: TaskBatch): void {
    const row = batch.row(batch.rows - 1);
    const headers: readonly Header[] = headersAt(batch.headers, row);
    const base = {
      key: itemAt(batch.keys, row),
      value: itemAt(batch.values, row),
      timestamp: batch.timestamps[row] as number,
      headers: headers.length === 0 ? null : headers,
    };
    this.#last = { batch, offset: batch.offsets[row] as number, base };
  }

  batch(port: Port, records: Iterable<NewRecord>): TaskBatch {
    const make = this.#makers.get(port);
    if (this.#last === null || make === undefined)
      throw new HeadraceError(
        'FOREIGN_BATCH',
        `Node "${this.#node}" made a batch before it took one, or for no port of its own.`,
        {
          place: { node: this.#node },
        },
      );
    const { batch, offset, base } = this.#last;
    const rows = [...records].map((record) => make(record, base));
    const columns = columnsOf(rows, offset);
    const ordinals = Uint32Array.from(rows, () => this.#made++);
    return batch.derive(columns, ordinals, null, columnsBytes(columns));
  }
}

function columnsOf(rows: readonly NewRow[], offset: number): Columns {
  return {
    count: rows.length,
    offsets: new Float64Array(rows.length).fill(offset),
    timestamps: Float64Array.from(rows, ({ timestamp }) => timestamp),
    keys: { kind: 'objects', items: rows.map(({ key }) => key) },
    values: { kind: 'objects', items: rows.map(({ value }) => value) },
    headers: { kind: 'objects', items: rows.map(({ headers }) => headers) },
  };
}
