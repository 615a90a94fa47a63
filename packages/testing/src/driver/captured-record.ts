import type { LogRecord } from '../log/log-record.ts';
import type { Failure, NodeId, Split } from '@headrace/core';

/** A record that a sink was given, as bytes, with the place that it came from. `partition` and `offset` are those of its source. */
export interface CapturedRecord extends LogRecord {
  readonly source: NodeId;
  readonly split: Split;
  /** Why the record failed, where it left by an error port. */
  readonly failure: Failure | null;
}

/** Holds what the sinks of a topology were given, in the order of writing, over all starts. */
export class Capture {
  readonly #records = new Map<NodeId, CapturedRecord[]>();
  readonly #seen = new Map<NodeId, number>();

  /** Adds a record to those of a sink. */
  add(sink: NodeId, record: CapturedRecord): void {
    const records = this.#records.get(sink);
    if (records === undefined) this.#records.set(sink, [record]);
    else records.push(record);
  }

  /** Returns the records of a sink since the last call. */
  take(sink: NodeId): readonly CapturedRecord[] {
    const records = this.#records.get(sink) ?? [];
    const from = this.#seen.get(sink) ?? 0;
    this.#seen.set(sink, records.length);
    return records.slice(from);
  }

  /** Returns how many records of a sink were not taken yet. */
  unseen(sink: NodeId): number {
    return (this.#records.get(sink)?.length ?? 0) - (this.#seen.get(sink) ?? 0);
  }
}
