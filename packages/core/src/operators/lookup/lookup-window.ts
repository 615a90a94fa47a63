import { Observable, type Subscriber } from 'rxjs';
import type { AsyncNode } from '../../component/operator.ts';
import { columnsBytes, type Columns } from '../../record/columns.ts';
import type { Failure } from '../../record/failure.ts';
import { itemAt } from '../../record/records-of.ts';
import type { NodeId, Port, RecordBatch } from '../../record/record-batch.ts';
import type { NoAnswer } from './attempts.ts';

/** What a lookup knows of a row: its new value, or why it has none. */
export type Outcome = { readonly value: unknown } | NoAnswer;

/** What a window asks for. */
export interface WindowOptions {
  readonly node: NodeId;
  /** How many answers may be under way in one task. */
  readonly concurrency: number;
  /** Whether batches leave in the order in which they came. */
  readonly ordered: boolean;
  /** Answers for a row, at once where it can; throws or rejects only for faults of its own. */
  answer(batch: RecordBatch, row: number, stopped: AbortSignal): Outcome | Promise<Outcome>;
}

interface Entry {
  readonly batch: RecordBatch;
  readonly outcomes: (Outcome | null)[];
  next: number;
  open: number;
}

type Emitted = { port: Port; batch: RecordBatch };

/** Makes the node that asks for the rows of many batches at once, in one window, and passes each batch on when all its rows are answered. */
export function lookupWindow(options: WindowOptions): AsyncNode {
  return (input) =>
    new Observable<Emitted>((subscriber) => {
      const window = new Window(options, subscriber);
      const subscription = input.subscribe({
        next: (batch) => window.take(batch),
        error: (error: unknown) => subscriber.error(error),
      });
      return () => {
        subscription.unsubscribe();
        window.stop();
      };
    });
}

class Window {
  readonly #options: WindowOptions;
  readonly #subscriber: Subscriber<Emitted>;
  readonly #entries: Entry[] = [];
  readonly #stopped = new AbortController();
  #underWay = 0;
  #asking = false;

  constructor(options: WindowOptions, subscriber: Subscriber<Emitted>) {
    this.#options = options;
    this.#subscriber = subscriber;
  }

  take(batch: RecordBatch): void {
    const outcomes = Array.from<Outcome | null>({ length: batch.rows }).fill(null);
    this.#entries.push({ batch, outcomes, next: 0, open: batch.rows });
    this.#ask();
  }

  /** What is under way may still answer; nobody hears it. */
  stop(): void {
    this.#stopped.abort();
  }

  #ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    try {
      for (const entry of this.#entries)
        while (entry.next < entry.outcomes.length && this.#underWay < this.#options.concurrency)
          this.#askFor(entry, entry.next++);
    } catch (error) {
      this.#subscriber.error(error);
    } finally {
      this.#asking = false;
    }
    this.#pass();
  }

  #askFor(entry: Entry, index: number): void {
    const answer = this.#options.answer(entry.batch, entry.batch.row(index), this.#stopped.signal);
    if (!(answer instanceof Promise)) {
      entry.outcomes[index] = answer;
      entry.open--;
      return;
    }
    this.#underWay++;
    answer.then(
      (outcome) => {
        if (this.#stopped.signal.aborted) return;
        this.#underWay--;
        entry.outcomes[index] = outcome;
        entry.open--;
        this.#ask();
      },
      (error: unknown) => this.#subscriber.error(error),
    );
  }

  #pass(): void {
    for (let i = 0; i < this.#entries.length && !this.#stopped.signal.aborted;) {
      const entry = this.#entries[i] as Entry;
      if (entry.open > 0) {
        if (this.#options.ordered) return;
        i++;
        continue;
      }
      this.#entries.splice(i, 1);
      for (const emitted of resultsOf(entry, this.#options.node)) this.#subscriber.next(emitted);
      entry.batch.release();
    }
  }
}

/** Makes the batches of a batch whose rows are answered: what has a value, and what has failed, as it came. */
function resultsOf({ batch, outcomes }: Entry, node: NodeId): Emitted[] {
  const answered: number[] = [];
  const failed: number[] = [];
  outcomes.forEach((outcome, i) => (outcome !== null && 'error' in outcome ? failed : answered).push(i));
  const values = (i: number): unknown => (outcomes[i] as { value: unknown }).value;
  const emitted: Emitted[] = [];
  if (answered.length > 0) emitted.push({ port: 'out', batch: derived(batch, answered, values, null) });
  if (failed.length > 0) {
    const failures = failed.map((i) => failureOf(batch, batch.row(i), node, outcomes[i] as NoAnswer));
    const before = (i: number): unknown => itemAt(batch.values, batch.row(i));
    emitted.push({ port: 'error', batch: derived(batch, failed, before, failures) });
  }
  return emitted;
}

function derived(
  batch: RecordBatch,
  indexes: readonly number[],
  value: (index: number) => unknown,
  failures: readonly Failure[] | null,
): RecordBatch {
  const rows = indexes.map((i) => batch.row(i));
  const columns: Columns = {
    count: rows.length,
    offsets: Float64Array.from(rows, (row) => batch.offsets[row] as number),
    timestamps: Float64Array.from(rows, (row) => batch.timestamps[row] as number),
    keys: { kind: 'objects', items: rows.map((row) => itemAt(batch.keys, row)) },
    values: { kind: 'objects', items: indexes.map(value) },
    headers: { kind: 'objects', items: rows.map((row) => itemAt(batch.headers, row)) },
  };
  const ordinals = batch.ordinals === null ? null : Uint32Array.from(rows, (row) => batch.ordinals?.[row] as number);
  const kept = failures ?? (batch.failures === null ? null : rows.map((row) => batch.failures?.[row] ?? null));
  return batch.derive(columns, ordinals, kept, columnsBytes(columns));
}

function failureOf(batch: RecordBatch, row: number, node: NodeId, { error, attempts }: NoAnswer): Failure {
  return {
    node,
    stage: 'process',
    code: error.code,
    message: error.message,
    source: batch.source,
    split: batch.split,
    offset: batch.offsets[row] as number,
    timestamp: batch.timestamps[row] as number,
    attempts,
  };
}
