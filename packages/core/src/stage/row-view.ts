import type { DetachedRecord, RecordView } from '../component/record-view.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { headerMaps } from './header-maps.ts';
import type { StageRow } from './stage-row.ts';

/** The record that a stage is at work on, as a function of the author's sees it: only while the function runs. */
export class RowView implements RecordView {
  readonly #row: StageRow;
  #expired = false;

  constructor(row: StageRow) {
    this.#row = row;
  }

  get key(): unknown {
    return this.#current().key;
  }
  get value(): unknown {
    return this.#current().value;
  }
  get timestamp(): number {
    return this.#current().timestamp;
  }
  get topic(): string | null {
    return this.#current().from.topic;
  }
  get partition(): number | null {
    return this.#current().from.partition;
  }
  get offset(): number {
    return this.#current().offset;
  }
  get headers(): Readonly<Record<string, string | null>> {
    return headerMaps(this.#current().headers).texts;
  }
  get headerBytes(): Readonly<Record<string, Uint8Array | null>> {
    return headerMaps(this.#current().headers).bytes;
  }

  detach(): DetachedRecord {
    return detached(this.#current());
  }

  /** Says that the function has returned: reading is an error from now on. */
  expire(): void {
    this.#expired = true;
  }

  #current(): StageRow {
    if (!this.#expired) return this.#row;
    throw new HeadraceError(
      'RECORD_VIEW_EXPIRED',
      'A record was read after the function that it was given to had returned. Keep a copy: record.detach().',
    );
  }
}

/** Copies what a stage is at work on, so that it can be kept. Decoded values are never changed, so they are shared. */
export function detached(row: StageRow): DetachedRecord {
  const { key, value, timestamp, offset, from, headers } = row;
  const maps = headerMaps(headers);
  const { topic, partition } = from;
  return { key, value, timestamp, offset, topic, partition, headers: maps.texts, headerBytes: maps.bytes };
}
