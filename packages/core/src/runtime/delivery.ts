import type { Clock } from '../component/clock.ts';
import type { Refusal } from '../component/refusal.ts';
import type { Sink, SinkTraits } from '../component/sink.ts';
import { asHeadraceError, HeadraceError } from '../errors/headrace-error.ts';
import type { SinkNode } from '../graph/topology-graph.ts';
import type { Failure } from '../record/failure.ts';
import type { RecordBatch, TaskId } from '../record/record-batch.ts';
import { dataBytes } from '../record/data-bytes.ts';
import type { TaskBatch } from '../record/task-batch.ts';
import { DeliveryLine, type Waiting } from './delivery-line.ts';

/** What a delivery needs of its task. */
export interface DeliveryHost {
  readonly task: TaskId;
  readonly incarnation: number;
  readonly clock: Clock;
  /** Takes a place among the writes that the sink may have under way; the result gives it back. */
  acquire(): Promise<() => void>;
  count(port: string, records: number): void;
  /** A write was answered: it took so long, and so many bytes of keys and values were delivered. */
  wrote(ms: number, bytes: number): void;
  /** Sends rows to the readers of the sink's port `error`; `batch` stays the caller's. Null where there are none. */
  readonly errorPort: ((batch: TaskBatch, failures: readonly (Failure | null)[]) => void) | null;
  /** Sends rows to where dead letters go; `batch` stays the caller's. */
  deadLetter(batch: TaskBatch, failures: readonly (Failure | null)[]): void;
  retried(attempt: number, delayMs: number, message: string): void;
  /** The sink's work of an epoch is durable. */
  durable(epoch: number): void;
  fail(error: unknown): void;
}

interface Outcome {
  readonly refusals: readonly Refusal[];
  /** Why, of those that may be tried again. */
  readonly message: string;
  /** Whether nothing is known of the whole batch. */
  readonly rejected: boolean;
}

interface RefusedRow {
  readonly row: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Brings the batches of one task to one sink, one write at a time. What the sink refused for a while is tried again with back-off, and
 * holds back only what came later of its keys; what it refused for good leaves by the port `error`, or the policy is applied. Once an
 * epoch is written it asks for `durable`. An optional sink fails nobody: what it cannot write is counted.
 */
export class Delivery {
  readonly #sink: Sink;
  readonly #node: SinkNode;
  readonly #traits: SinkTraits;
  readonly #host: DeliveryHost;
  readonly #line: DeliveryLine;
  /** Epochs of which nothing more can come, until they were asked for. */
  readonly #over = new Set<number>();
  /** Epochs that the sink was asked to make durable, until they are done. */
  readonly #asked = new Set<number>();
  readonly #abort = new AbortController();
  #writing = false;
  #answers = 0;
  /** The oldest epoch whose work is not finished here; what a sink that wants its epochs in order gets. */
  #oldest = 0;
  #cancelWait: (() => void) | null = null;

  constructor(sink: Sink, node: SinkNode, host: DeliveryHost) {
    this.#sink = sink;
    this.#node = node;
    this.#traits = node.definition.traits(node.options);
    this.#host = host;
    const { records, bytes, delayMs } = node.batch;
    this.#line = new DeliveryLine({ records: records ?? Infinity, bytes: bytes ?? Infinity, delayMs: delayMs ?? 0 });
  }

  /** Whether every batch taken so far is written. */
  get written(): boolean {
    return this.#line.empty && !this.#writing;
  }

  /** How many writes the sink has answered, be it with a refusal. */
  get answers(): number {
    return this.#answers;
  }

  /** Takes a batch, which this delivery ends. */
  accept(batch: TaskBatch): void {
    this.#line.add(batch, this.#host.clock.monotonic());
    this.#pump();
  }

  /** Says that nothing more of an epoch can come; may be said again until the epoch is done. */
  epochOver(epoch: number): void {
    if (this.#asked.has(epoch) || this.#over.has(epoch)) return;
    this.#over.add(epoch);
    this.#settle(epoch);
    // What had waited for more need not wait any longer.
    this.#pump();
  }

  /** Says that an epoch is done everywhere: it is not asked for again. */
  epochDone(epoch: number): void {
    this.#asked.delete(epoch);
  }

  /** Stops at once: what is under way is aborted, what waits is forgotten. */
  stop(): void {
    this.#abort.abort();
    this.#cancelWait?.();
    this.#line.clear();
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
  }

  #finished(epoch: number): boolean {
    return this.#over.has(epoch) && !this.#line.has(epoch);
  }

  #askDurable(epoch: number): void {
    this.#over.delete(epoch);
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
    const now = this.#host.clock.monotonic();
    const epoch = this.#traits.epochs === 'any' ? null : this.#oldest;
    const next = this.#line.next(now, epoch, (one) => this.#over.has(one));
    this.#cancelWait?.();
    this.#cancelWait = null;
    if (next === null) return;
    if ('at' in next) {
      this.#cancelWait = this.#host.clock.after(Math.ceil(next.at - now), () => this.#pump());
      return;
    }
    this.#writing = true;
    const { write: waiting } = next;
    this.#deliver(waiting, now).then(
      () => {
        this.#writing = false;
        if (this.#abort.signal.aborted) return;
        this.#settle(waiting.rows.epoch);
        this.#pump();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** Writes rows once. Those that are done leave the line; what is to be tried again stays in its place. */
  async #deliver(waiting: Waiting, now: number): Promise<void> {
    waiting.firstAt ??= now;
    const { rows } = waiting;
    const startedAt = this.#host.clock.monotonic();
    const outcome = await this.#write(rows);
    this.#answers++;
    if (this.#abort.signal.aborted) return;
    const refusedRows = Uint32Array.from(outcome.refusals, ({ row }) => row);
    const bytes = dataBytes(rows, rows.selection) - (refusedRows.length > 0 ? dataBytes(rows, refusedRows) : 0);
    this.#host.wrote(this.#host.clock.monotonic() - startedAt, bytes);
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
    // Those behind a row that was refused for good were not refused themselves.
    const isBehind = refused.length > 0 && waitMs === 0 && !outcome.rejected;
    const attempt = waiting.refused + (isBehind ? 0 : 1);
    const exhausted = attempt > this.#node.retry.attempts || this.#outOfTime(waiting.firstAt);
    if (exhausted && !isBehind)
      refused.push(...again.splice(0).map((row) => ({ row, code: 'RETRIES_EXHAUSTED', message: outcome.message })));
    this.#refuse(rows, refused, waiting.refused + 1);
    if (again.length === 0) {
      this.#line.remove(waiting);
      rows.release();
      return;
    }
    waiting.rows = rows.view(Uint32Array.from(again));
    waiting.keys = null;
    waiting.refused = attempt;
    waiting.barrier = outcome.rejected;
    waiting.dueAt = isBehind ? 0 : this.#host.clock.monotonic() + this.#pauseMs(attempt, waitMs, outcome.message);
    rows.release();
  }

  async #write(batch: RecordBatch): Promise<Outcome> {
    const giveBack = await this.#host.acquire();
    try {
      if (this.#abort.signal.aborted) return { refusals: [], message: '', rejected: false };
      const refusals = await this.#sink.write(batch, this.#abort.signal);
      return { refusals, message: `The sink "${this.#node.id}" refused records for a while.`, rejected: false };
    } catch (thrown) {
      const error = asHeadraceError(thrown, 'WRITE_FAILED', { node: this.#node.id, task: this.#host.task });
      const { code, message } = error;
      if (this.#abort.signal.aborted) throw error;
      const all = Array.from({ length: batch.rows }, (_, i) => batch.row(i));
      if (error.retryable) return { refusals: all.map((row) => ({ row, retryAfterMs: 0 })), message, rejected: true };
      if (this.#node.required) throw error;
      return { refusals: all.map((row) => ({ row, code, message })), message, rejected: true };
    } finally {
      giveBack();
    }
  }

  #outOfTime(startedAt: number): boolean {
    const { forMs } = this.#node.retry;
    return forMs !== null && this.#host.clock.monotonic() - startedAt >= forMs;
  }

  #pauseMs(attempt: number, atLeastMs: number, message: string): number {
    const { delayMs, maxDelayMs } = this.#node.retry;
    const full = Math.min(maxDelayMs, delayMs * 2 ** (attempt - 1));
    const wait = Math.ceil(Math.max(atLeastMs, full / 2 + Math.random() * (full / 2)));
    this.#host.retried(attempt, wait, message);
    return wait;
  }

  /** Sends rows that the sink refused for good to who reads its port `error`; else applies its policy. */
  #refuse(batch: TaskBatch, refused: readonly RefusedRow[], attempts: number): void {
    const [first] = refused;
    if (first === undefined) return;
    const { errorPort } = this.#host;
    const policy = this.#node.policies.deliver;
    if (errorPort !== null) this.#send(errorPort, batch, refused, attempts);
    else if (policy === 'deadLetter')
      this.#send((rows, failures) => this.#host.deadLetter(rows, failures), batch, refused, attempts);
    else if (policy === 'skip') this.#host.count('skipped', refused.length);
    else if (!this.#node.required) this.#host.count('failed', refused.length);
    else {
      throw new HeadraceError(first.code, first.message, {
        place: {
          node: this.#node.id,
          task: this.#host.task,
          split: batch.split,
          offset: batch.offsets[first.row] as number,
        },
      });
    }
  }

  #send(to: DeliveryHost['deadLetter'], batch: TaskBatch, refused: readonly RefusedRow[], attempts: number): void {
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
    to(rows, failures);
    rows.release();
  }

  #fail(error: unknown): void {
    if (this.#abort.signal.aborted || !this.#node.required) return;
    this.#host.fail(error);
  }
}
