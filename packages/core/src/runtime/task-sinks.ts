import type { Clock } from '../component/clock.ts';
import type { CompiledTopology } from '../compile/compile-topology.ts';
import { columnsBytes, type Columns } from '../record/columns.ts';
import type { Failure } from '../record/failure.ts';
import type { NodeId, TaskId } from '../record/record-batch.ts';
import type { Place, TaskBatch } from '../record/task-batch.ts';
import type { RunStatistics } from '../telemetry/run-statistics.ts';
import type { Delivery, DeliveryHost } from './delivery.ts';
import type { Epoch, EpochLedger } from './epochs.ts';
import { OptionalAccount } from './optional-account.ts';

/** What the sinks of an incarnation need of it. */
export interface TaskSinksHost {
  readonly task: TaskId;
  readonly incarnation: number;
  readonly clock: Clock;
  readonly statistics: RunStatistics;
  readonly compiled: CompiledTopology;
  readonly ledger: EpochLedger;
  shareBytes(): number;
  placeOf(sink: NodeId): Place;
  delivery(sink: NodeId, host: Omit<DeliveryHost, 'acquire' | 'retried'>): Delivery;
  /** Runs something in a later step of the task. */
  later(run: () => void): void;
  /** The epoch that new batches go to; null where the task takes no more. */
  openEpoch(): Epoch | null;
  /** Takes what a sink refused to the readers of its port `error`. */
  enterErrors(sink: NodeId, batch: TaskBatch): void;
  fail(error: unknown): void;
}

/** The sinks of one incarnation in order of flow: their deliveries, the accounts of those that no epoch waits for, and the way of what they refuse. */
export class TaskSinks {
  readonly all: readonly NodeId[];
  /** The sinks that epochs wait for. */
  readonly required: readonly NodeId[];
  readonly #host: TaskSinksHost;
  readonly #deliveries = new Map<NodeId, Delivery>();
  readonly #optional = new Map<NodeId, OptionalAccount>();

  constructor(sinks: readonly NodeId[], host: TaskSinksHost) {
    this.all = sinks;
    this.#host = host;
    for (const id of sinks)
      if (host.compiled.plan.sinks.get(id)?.required === false) this.#optional.set(id, new OptionalAccount());
    this.required = sinks.filter((sink) => !this.#optional.has(sink));
  }

  /** Whether every sink has written all that it was given. */
  get written(): boolean {
    return [...this.#deliveries.values()].every((delivery) => delivery.written);
  }

  /** The bytes that wait for optional sinks. */
  get optionalBytes(): number {
    let bytes = 0;
    for (const account of this.#optional.values()) bytes += account.bytes;
    return bytes;
  }

  /** How many writes were answered. */
  get answers(): number {
    let answers = 0;
    for (const delivery of this.#deliveries.values()) answers += delivery.answers;
    return answers;
  }

  start(): void {
    for (const sink of this.all) this.#deliveries.set(sink, this.#host.delivery(sink, this.#deliveryHost(sink)));
  }

  stop(): void {
    for (const delivery of this.#deliveries.values()) delivery.stop();
  }

  /** Returns the delivery to a sink. */
  of(sink: NodeId): Delivery {
    return this.#deliveries.get(sink) as Delivery;
  }

  /** Gives a batch to a sink. One that no epoch waits for has an account of its own, beyond which it takes nothing more. */
  accept(sink: NodeId, batch: TaskBatch): void {
    const delivery = this.of(sink);
    const account = this.#optional.get(sink);
    if (account === undefined) {
      delivery.accept(batch);
      return;
    }
    if (account.bytes >= this.#host.shareBytes() / 8) this.#host.statistics.counters.add(sink, 'dropped', batch.rows);
    else delivery.accept(batch.under(account));
    batch.release();
  }

  /** Tells the sinks that an epoch is done everywhere. */
  epochDone(epoch: number): void {
    for (const delivery of this.#deliveries.values()) delivery.epochDone(epoch);
  }

  #deliveryHost(sink: NodeId): Omit<DeliveryHost, 'acquire' | 'retried'> {
    const { task, incarnation, clock, statistics, ledger, compiled } = this.#host;
    const place = this.#host.placeOf(sink);
    return {
      task,
      incarnation,
      clock,
      count: (port, records) => statistics.counters.add(sink, port, records),
      wrote: (ms, bytes) => {
        statistics.took(sink, ms);
        statistics.bytes.add(sink, bytes);
      },
      errorPort: compiled.plan.sinkErrors.has(sink)
        ? (batch, failures) => this.#refused(sink, asItCame(batch, failures), this.#toPort(sink))
        : null,
      deadLetter: (batch, failures) => this.#refused(sink, batch.retain(), this.#toLetters(sink, failures)),
      durable: (number) => {
        if (this.#optional.has(sink)) return;
        for (const epoch of ledger.open) if (epoch.number === number) ledger.releaseHold(epoch, place);
      },
      fail: (error) => this.#host.fail(error),
    };
  }

  /** Sends refused rows on in a later step. What no epoch waited for goes with the epoch that is open then, and is waited for from there on. */
  #refused(sink: NodeId, rows: TaskBatch, send: (rows: TaskBatch) => void): void {
    this.#host.later(() => {
      if (!this.#optional.has(sink)) {
        send(rows);
        return;
      }
      const epoch = this.#host.openEpoch();
      if (epoch === null) this.#host.statistics.counters.add(sink, 'failed', rows.rows);
      else send(rows.under(this.#host.ledger, { epoch: epoch.number, place: this.#host.placeOf(sink) }));
      rows.release();
    });
  }

  #toPort(sink: NodeId): (rows: TaskBatch) => void {
    return (rows) => {
      this.#host.statistics.counters.add(sink, 'error', rows.rows);
      this.#host.enterErrors(sink, rows);
    };
  }

  #toLetters(sink: NodeId, failures: readonly (Failure | null)[]): (rows: TaskBatch) => void {
    const { compiled, statistics } = this.#host;
    const target = compiled.plan.graph.run.deadLetter as NodeId;
    return (rows) => {
      statistics.counters.add(sink, 'deadLetter', rows.rows);
      const letters = compiled.deadLetters(sink, rows, failures);
      rows.release();
      const there = letters.at(this.#host.placeOf(target));
      letters.release();
      this.of(target).accept(there);
    };
  }
}

/** Returns the selected rows as they were when they came to the sink; a new handle. */
function asItCame(batch: TaskBatch, failures: readonly (Failure | null)[]): TaskBatch {
  const kept = batch.kept as Columns;
  const all = batch.derive(kept, batch.ordinals, failures, columnsBytes(kept));
  const rows = all.view(batch.selection);
  all.release();
  return rows;
}
