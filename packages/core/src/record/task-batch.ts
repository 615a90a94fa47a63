import { HeadraceError } from '../errors/headrace-error.ts';
import type { Column, Columns } from './columns.ts';
import { memoryOf, type SharedMemory } from './held-buffers.ts';
import type { Failure } from './failure.ts';
import type { NodeId, RecordBatch, Split, TaskId } from './record-batch.ts';

/** Where a handle is counted: the number of the head, of an asynchronous node or of a sink within its task. */
export type Place = number;

/** Keeps the books of a task's incarnation: handles by epoch and place, and bytes: those of a handle, and the memory that it may share with others. */
export interface BatchAccount {
  opened(epoch: number, place: Place, bytes: number, memory: readonly SharedMemory[]): void;
  closed(epoch: number, place: Place, bytes: number, memory: readonly SharedMemory[]): void;
}

/** Names the run that a batch belongs to. */
export interface BatchOrigin {
  readonly task: TaskId;
  readonly incarnation: number;
  readonly source: NodeId;
  readonly split: Split;
}

interface BatchParts {
  readonly origin: BatchOrigin;
  readonly epoch: number;
  readonly place: Place;
  readonly columns: Columns;
  readonly selection: Uint32Array | null;
  readonly ordinals: Uint32Array | null;
  readonly failures: readonly (Failure | null)[] | null;
  /** What each row was when it came to a sink; null where nobody reads what the sink refuses. Absent: null. */
  readonly kept?: Columns | null;
  readonly bytes: number;
}

/** A batch whose handles are counted in an account by epoch and place. */
export class TaskBatch implements RecordBatch {
  readonly #account: BatchAccount;
  readonly #parts: BatchParts;
  readonly #memory: readonly SharedMemory[];
  #released = false;

  constructor(account: BatchAccount, parts: BatchParts) {
    this.#account = account;
    this.#parts = parts;
    this.#memory = memoryOf(parts.columns);
    account.opened(parts.epoch, parts.place, parts.bytes, this.#memory);
  }

  get task(): TaskId {
    return this.#parts.origin.task;
  }
  get incarnation(): number {
    return this.#parts.origin.incarnation;
  }
  get source(): NodeId {
    return this.#parts.origin.source;
  }
  get split(): Split {
    return this.#parts.origin.split;
  }
  get epoch(): number {
    return this.#parts.epoch;
  }
  get place(): Place {
    return this.#parts.place;
  }
  get count(): number {
    return this.#parts.columns.count;
  }
  get offsets(): Float64Array {
    return this.#parts.columns.offsets;
  }
  get timestamps(): Float64Array {
    return this.#parts.columns.timestamps;
  }
  get keys(): Column {
    return this.#parts.columns.keys;
  }
  get values(): Column {
    return this.#parts.columns.values;
  }
  get headers(): Column {
    return this.#parts.columns.headers;
  }
  get selection(): Uint32Array | null {
    return this.#parts.selection;
  }
  get ordinals(): Uint32Array | null {
    return this.#parts.ordinals;
  }
  get failures(): readonly (Failure | null)[] | null {
    return this.#parts.failures;
  }
  get kept(): Columns | null {
    return this.#parts.kept ?? null;
  }
  get rows(): number {
    return this.#parts.selection?.length ?? this.#parts.columns.count;
  }
  get bytes(): number {
    return this.#parts.bytes;
  }

  row(i: number): number {
    const { selection } = this.#parts;
    return selection === null ? i : (selection[i] as number);
  }

  retain(): TaskBatch {
    return this.#handle({});
  }

  view(selection: Uint32Array | null): TaskBatch {
    return this.#handle({ selection });
  }

  /** Returns a new handle that is counted at another place, charged with the bytes of this one. */
  at(place: Place): TaskBatch {
    return this.#handle({ place });
  }

  /** Returns a new handle that another account keeps the books of, in another epoch and at another place where they are given. */
  under(account: BatchAccount, at: { readonly epoch?: number; readonly place?: Place } = {}): TaskBatch {
    this.#expectLive();
    return new TaskBatch(account, { ...this.#parts, ...at });
  }

  /** The account that this handle is counted in. */
  get account(): BatchAccount {
    return this.#account;
  }

  derive(
    columns: Columns,
    ordinals: Uint32Array | null,
    failures: readonly (Failure | null)[] | null,
    bytes: number,
    kept: Columns | null = null,
  ): TaskBatch {
    return this.#handle({ columns, selection: null, ordinals, failures, kept, bytes });
  }

  release(): void {
    if (this.#released)
      throw new HeadraceError('BATCH_RELEASED', `A batch of task "${this.task}" was released twice.`, {
        place: { task: this.task },
      });
    this.#released = true;
    this.#account.closed(this.#parts.epoch, this.#parts.place, this.#parts.bytes, this.#memory);
  }

  #expectLive(): void {
    if (!this.#released) return;
    throw new HeadraceError('BATCH_RELEASED', `A batch of task "${this.task}" was used after its release.`, {
      place: { task: this.task },
    });
  }

  #handle(change: Partial<BatchParts>): TaskBatch {
    this.#expectLive();
    return new TaskBatch(this.#account, { ...this.#parts, ...change });
  }
}
