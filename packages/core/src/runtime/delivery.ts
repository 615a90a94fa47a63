import type { Clock } from '../component/clock.ts';
import type { Refusal } from '../component/refusal.ts';
import type { Sink, SinkTraits } from '../component/sink.ts';
import { asHeadraceError, HeadraceError } from '../errors/headrace-error.ts';
import type { SinkNode } from '../graph/topology-graph.ts';
import type { Failure } from '../record/failure.ts';
import type { RecordBatch, TaskId } from '../record/record-batch.ts';
import type { TaskBatch } from '../record/task-batch.ts';

/** What a delivery needs of its task. */
export interface DeliveryHost {
  readonly task: TaskId;
  readonly incarnation: number;
  readonly clock: Clock;
  /** Takes a place among the writes that the sink may have under way; the result gives it back. */
  acquire(): Promise<() => void>;
  count(port: string, records: number): void;
  /** Sends rows to where dead letters go; `batch` stays the caller's. */
  deadLetter(batch: TaskBatch, failures: readonly (Failure | null)[]): void;
  retried(attempt: number, delayMs: number, message: string): void;
  /** The sink's work of an epoch is durable. */
  durable(epoch: number): void;
  fail(error: unknown): void;
}

interface Pending {
  batches: number;
  /** Nothing more of this epoch can come. */
  over: boolean;
}

interface RefusedRow {
  readonly row: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Brings the batches of one task to one sink, one write at a time and in order: retries with back-off what the sink refused for a
 * while (what comes later waits), applies the policy to what it refused for good, and asks for `durable` once an epoch is written.
 */
export class Delivery {
  readonly #sink: Sink;
  readonly #node: SinkNode;
  readonly #traits: SinkTraits;
  readonly #host: DeliveryHost;
  readonly #queue: TaskBatch[] = [];
  readonly #epochs = new Map<number, Pending>();
  /** Epochs that the sink was asked to make durable, until they are done. */
  readonly #asked = new Set<number>();
  readonly #abort = new AbortController();
  #writing = false;
  /** The oldest epoch whose work is not finished here; what a sink that wants its epochs in order gets. */
  #oldest = 0;

  constructor(sink: Sink, node: SinkNode, host: DeliveryHost) {
    this.#sink = sink;
    this.#node = node;
    this.#traits = node.definition.traits(node.options);
    this.#host = host;
  }

  /** Whether every batch taken so far is written. */
  get written(): boolean {
    return this.#queue.length === 0 && !this.#writing;
  }

  /** Takes a batch, which this delivery ends. */
  accept(batch: TaskBatch): void {
    this.#pending(batch.epoch).batches++;
    this.#queue.push(batch);
    this.#pump();
  }

  /** Says that nothing more of an epoch can come; may be said again until the epoch is done. */
  epochOver(epoch: number): void {
    if (this.#asked.has(epoch)) return;
    const pending = this.#pending(epoch);
    if (pending.over) return;
    pending.over = true;
    this.#settle(epoch);
  }

  /** Says that an epoch is done everywhere: it is not asked for again. */
  epochDone(epoch: number): void {
    this.#asked.delete(epoch);
  }

  /** Stops at once: what is under way is aborted, what waits is forgotten. */
  stop(): void {
    this.#abort.abort();
    this.#queue.length = 0;
  }

  #pending(epoch: number): Pending {
    let pending = this.#epochs.get(epoch);
    if (pending === undefined) this.#epochs.set(epoch, (pending = { batches: 0, over: false }));
    return pending;
  }

  /** Asks for `durable` of epochs that are written: of this one, or for a sink that wants them in order of all up to the first that is not. */
  #settle(epoch: number): void {
    if (this.#traits.epochs === 'any') {
      if (this.#finished(epoch)) this.#askDurable(epoch);
      return;
    }
    while (this.#finished(this.#oldest)) {
      this.#askDurable(this.#oldest);
      this.#oldest++;
    }
    this.#pump();
  }

  #finished(epoch: number): boolean {
    const pending = this.#epochs.get(epoch);
    return pending !== undefined && pending.over && pending.batches === 0;
  }

  #askDurable(epoch: number): void {
    this.#epochs.delete(epoch);
    this.#asked.add(epoch);
    this.#sink.durable(this.#host.task, epoch).then(
      () => {
        if (!this.#abort.signal.aborted) this.#host.durable(epoch);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #pump(): void {
    if (this.#writing || this.#abort.signal.aborted) return;
    const index = this.#nextIndex();
    if (index < 0) return;
    const [batch] = this.#queue.splice(index, 1) as [TaskBatch];
    this.#writing = true;
    this.#deliver(batch).then(
      () => {
        this.#writing = false;
        if (this.#abort.signal.aborted) return;
        const pending = this.#pending(batch.epoch);
        pending.batches--;
        batch.release();
        this.#settle(batch.epoch);
        this.#pump();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** The oldest batch, or for a sink that wants its epochs in order the oldest of the oldest open epoch; -1 where none may go. */
  #nextIndex(): number {
    if (this.#traits.epochs === 'any') return this.#queue.length === 0 ? -1 : 0;
    return this.#queue.findIndex((batch) => batch.epoch === this.#oldest);
  }

  async #deliver(batch: TaskBatch): Promise<void> {
    let rows: TaskBatch = batch.retain();
    const startedAt = this.#host.clock.monotonic();
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#write(rows);
      if (this.#abort.signal.aborted) return;
      const refused: RefusedRow[] = [];
      const again: number[] = [];
      let waitMs = 0;
      for (const refusal of outcome.refusals) {
        if ('code' in refusal) refused.push(refusal);
        else {
          again.push(refusal.row);
          waitMs = Math.max(waitMs, refusal.retryAfterMs);
        }
      }
      const delivered = rows.rows - refused.length - again.length;
      if (delivered > 0) this.#host.count('delivered', delivered);
      const exhausted = attempt > this.#node.retry.attempts || this.#outOfTime(startedAt);
      if (exhausted)
        refused.push(...again.map((row) => ({ row, code: 'RETRIES_EXHAUSTED', message: outcome.message })));
      this.#refuse(rows, refused, attempt);
      if (again.length === 0 || exhausted) {
        rows.release();
        return;
      }
      const next = rows.view(Uint32Array.from(again));
      rows.release();
      rows = next;
      await this.#backOff(attempt, waitMs, outcome.message);
      if (this.#abort.signal.aborted) return;
    }
  }

  async #write(batch: RecordBatch): Promise<{ refusals: readonly Refusal[]; message: string }> {
    const giveBack = await this.#host.acquire();
    try {
      if (this.#abort.signal.aborted) return { refusals: [], message: '' };
      const refusals = await this.#sink.write(batch, this.#abort.signal);
      return { refusals, message: `The sink "${this.#node.id}" refused records for a while.` };
    } catch (thrown) {
      const error = asHeadraceError(thrown, 'WRITE_FAILED', { node: this.#node.id, task: this.#host.task });
      if (!error.retryable || this.#abort.signal.aborted) throw error;
      return {
        refusals: Array.from({ length: batch.rows }, (_, i) => ({ row: batch.row(i), retryAfterMs: 0 })),
        message: error.message,
      };
    } finally {
      giveBack();
    }
  }

  #outOfTime(startedAt: number): boolean {
    const { forMs } = this.#node.retry;
    return forMs !== null && this.#host.clock.monotonic() - startedAt >= forMs;
  }

  async #backOff(attempt: number, atLeastMs: number, message: string): Promise<void> {
    const { delayMs, maxDelayMs } = this.#node.retry;
    const full = Math.min(maxDelayMs, delayMs * 2 ** (attempt - 1));
    const wait = Math.max(atLeastMs, full / 2 + Math.random() * (full / 2));
    this.#host.retried(attempt, wait, message);
    const { signal } = this.#abort;
    await new Promise<void>((resolve) => {
      const stopped = (): void => {
        cancel();
        resolve();
      };
      // The signal lives as long as the task: a listener that stayed behind each wait would gather.
      const cancel = this.#host.clock.after(wait, () => {
        signal.removeEventListener('abort', stopped);
        resolve();
      });
      signal.addEventListener('abort', stopped, { once: true });
    });
  }

  /** Applies the policy of the sink to rows that it refused for good. */
  #refuse(batch: TaskBatch, refused: readonly RefusedRow[], attempts: number): void {
    const [first] = refused;
    if (first === undefined) return;
    const policy = this.#node.policies.deliver;
    if (policy === 'fail') {
      throw new HeadraceError(first.code, first.message, {
        place: {
          node: this.#node.id,
          task: this.#host.task,
          split: batch.split,
          offset: batch.offsets[first.row] as number,
        },
      });
    }
    this.#host.count(policy === 'skip' ? 'skipped' : 'error', refused.length);
    if (policy === 'skip') return;
    const failures = Array.from<unknown, Failure | null>({ length: batch.count }, () => null);
    for (const { row, code, message } of refused) {
      failures[row] = {
        node: this.#node.id,
        stage: 'deliver',
        code,
        message,
        source: batch.source,
        split: batch.split,
        offset: batch.offsets[row] as number,
        timestamp: batch.timestamps[row] as number,
        attempts,
      };
    }
    const rows = batch.view(Uint32Array.from(refused.map(({ row }) => row)));
    this.#host.deadLetter(rows, failures);
    rows.release();
  }

  #fail(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    this.#host.fail(error);
  }
}
