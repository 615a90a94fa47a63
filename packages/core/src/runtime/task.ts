import { schemaWaiter } from './await-schemas.ts';
import type { Clock } from '../component/clock.ts';
import type { Sink, TaskStart } from '../component/sink.ts';
import type { SplitReader } from '../component/split-reader.ts';
import type { CompiledTopology } from '../compile/compile-topology.ts';
import { asHeadraceError } from '../errors/headrace-error.ts';
import type { RunSettings, SinkNode } from '../graph/topology-graph.ts';
import type { NodeId, TaskId } from '../record/record-batch.ts';
import { publish } from '../telemetry/channels.ts';
import type { RunStatistics } from '../telemetry/run-statistics.ts';
import type { AssignedSplit } from './assignment.ts';
import type { Committer } from './commit.ts';
import { begunSink } from './begun-sink.ts';
import { Delivery } from './delivery.ts';
import { drainTask } from './drain.ts';
import type { Epoch } from './epochs.ts';
import { FlowLimit } from './flow-limit.ts';
import { Incarnation, taskStart } from './incarnation.ts';
import { Intake } from './intake.ts';
import type { Pace } from './pace.ts';
import type { StoredPosition } from './positions.ts';
import type { PartitionReadingState, TaskObservation } from './task-observation.ts';
import { TaskPaces } from './task-paces.ts';
import type { Turns } from './turns.ts';

/** What a task needs of its worker. */
export interface TaskHost {
  readonly clock: Clock;
  readonly statistics: RunStatistics;
  readonly run: RunSettings;
  readonly topology: string;
  readonly turns: Turns;
  /** The rates that nodes hold, for all tasks. */
  readonly paces: ReadonlyMap<NodeId, Pace>;
  shareBytes(): number;
  sink(id: NodeId): Sink;
  sinkNode(id: NodeId): SinkNode;
  acquire(id: NodeId): Promise<() => void>;
  /** The split has ended and all of it was taken. */
  ended(task: Task): void;
  failed(task: Task, error: unknown): void;
}

/** What makes a task: its name, what it reads, and from where. */
export interface TaskParts {
  readonly id: TaskId;
  readonly incarnation: number;
  readonly assigned: AssignedSplit;
  readonly reading: TaskReading;
  readonly committed: StoredPosition | null;
}

/** How the split of a task is read and where its positions go; the same in every incarnation. */
export interface TaskReading {
  readonly store: Committer;
  /** `bufferBytes`: how much may be fetched ahead. */
  readonly start: (at: StoredPosition | null, bufferBytes: () => number) => SplitReader;
  /** Whether the place where it begins is committed although no record came: it would be another one the next time. */
  readonly keepsStart?: boolean;
  /** The position before the first record, which nothing was committed at yet; null where that cannot be told. */
  beginning(firstOffset: number | null): StoredPosition | null;
  /** Whether the split is still this process's. */
  readonly ours: () => boolean;
}

/** As much is read ahead as a task works through in a few turns; what a fetch brings beyond it waits with the fetcher. */
const mostQueuedBytes = 4 * 1024 * 1024;
const commitRetryMs = 1000;
/** How long a drain lets sinks go on that nobody waits for, at most. */
const optionalMs = 2000;
/** What a store answers while the group is changing; a commit of several partitions is refused whole for one that is lost. */
const refusals = new Set(['COMMIT_REFUSED', 'NOT_OWNER']);
/** One incarnation of a task with its place in the worker: its sinks, its commits, its end. */
export class Task {
  readonly id: TaskId;
  readonly assigned: AssignedSplit;
  readonly reading: TaskReading;
  committed: StoredPosition | null;
  readonly #parts: TaskParts;
  readonly #host: TaskHost;
  readonly #run: Incarnation;
  /** Epochs that are done and not yet committed, oldest first. */
  readonly #uncommitted: Epoch[] = [];
  /** When each sink has begun. */
  readonly #sinksBegun = new Map<NodeId, Promise<void>>();
  #committing = false;
  #commits = 0;
  #begun = false;
  #stopped = false;
  /** Whether something that was taken was not delivered and committed when it stopped. */
  #gaveUp = false;

  constructor(parts: TaskParts, compiled: CompiledTopology, host: TaskHost) {
    this.id = parts.id;
    this.assigned = parts.assigned;
    this.reading = parts.reading;
    this.committed = parts.committed;
    this.#parts = parts;
    this.#host = host;
    const { source, split } = parts.assigned;
    const prepare = compiled.preparer(parts.assigned.source);
    const waiter =
      prepare === null ? null : schemaWaiter(prepare, { topology: host.topology, task: parts.id, clock: host.clock });
    const paces = new TaskPaces(compiled.plan, source, host.paces);
    this.#run = new Incarnation({ task: parts.id, incarnation: parts.incarnation, split }, source, {
      clock: host.clock,
      statistics: host.statistics,
      commitIntervalMs: host.run.commitIntervalMs,
      compiled,
      flow: (holdsEpochs) => new FlowLimit(host.run.drainTimeoutMs, holdsEpochs),
      shareBytes: () => host.shareBytes(),
      paces,
      openIntake: (intakeHost) =>
        new Intake(
          parts.reading.start(parts.committed, () => host.shareBytes() / 8),
          () => Math.min(host.shareBytes() / 4, mostQueuedBytes),
          intakeHost,
          // An epoch ends between two pieces: a piece that takes long at this pace would hold back a drain.
          {
            mostRecords: paces.portion,
            prepare: waiter,
            keepsStart: parts.committed === null && parts.reading.keepsStart === true,
          },
        ),
      delivery: (sink, deliveryHost) =>
        new Delivery(this.#begunSink(sink), host.sinkNode(sink), {
          ...deliveryHost,
          acquire: () => host.acquire(sink),
          retried: (attempt, delayMs, message) => {
            host.statistics.retries.add(sink, 1);
            publish('headrace:delivery:retried', {
              topology: host.topology,
              task: parts.id,
              node: sink,
              attempt,
              delayMs,
              message,
            });
          },
        }),
      commit: (epochs) => {
        this.#uncommitted.push(...epochs);
        this.#commit();
      },
      ready: (stepper) => host.turns.ready(stepper),
      fail: (error) => host.failed(this, error),
    });
  }

  /** Whether nothing is under way: all that was read is delivered and its epoch committed. */
  get idle(): boolean {
    return this.#begun && this.#run.quiet && this.#uncommitted.length === 0;
  }

  /** Says what the task is at. */
  observe(): TaskObservation {
    const { id: task, incarnation, assigned } = this.#parts;
    const observed = this.#run.observe();
    const [oldest] = this.#uncommitted;
    const now = this.#host.clock.monotonic();
    return {
      ...observed,
      task,
      source: assigned.source.node.id,
      split: assigned.split,
      incarnation,
      running: this.#begun && !this.#stopped,
      reading: this.#observeReading(),
      openEpochs: observed.openEpochs + this.#uncommitted.length,
      oldestEpochMs: oldest === undefined ? observed.oldestEpochMs : now - oldest.openedAt,
      busy: observed.busy || this.#uncommitted.length > 0,
      moves: observed.moves + this.#commits,
    };
  }

  #observeReading(): PartitionReadingState | null {
    const progress = this.#run.progress;
    if (progress === null) return null;
    const { isReading, first, end, heldBackMs } = progress;
    const at = this.committed?.offset ?? first;
    return { isReading, lagRecords: end === null || at === null ? null : Math.max(0, end - at), heldBackMs };
  }

  /** Begins the sinks, then the graph, then the reading. */
  async begin(): Promise<void> {
    const { id, incarnation, assigned, committed } = this.#parts;
    const at = taskStart(assigned.split, committed);
    for (const sink of this.#run.sinks.all) {
      const begun = this.#beginSink(sink, at);
      this.#sinksBegun.set(sink, begun);
      // One that is not required may take its time: what reaches it waits in its own account.
      if (this.#run.sinks.required.includes(sink)) await begun;
    }
    if (this.#stopped) return;
    publish('headrace:task:started', {
      topology: this.#host.topology,
      task: id,
      incarnation,
      offset: committed?.offset ?? null,
      failedStarts: committed?.failedStarts ?? 0,
    });
    this.#run.start();
    this.#begun = true;
    void this.#run
      .until(() => this.#run.ended)
      .then(() => {
        if (!this.#stopped) this.#host.ended(this);
      });
  }

  #begunSink(id: NodeId): Sink {
    const sink = this.#host.sink(id);
    const begun = this.#sinksBegun.get(id);
    return begun === undefined || this.#run.sinks.required.includes(id) ? sink : begunSink(sink, begun);
  }

  /** Begins a sink. One that is not required stops nobody: what reaches it is refused and counted. */
  async #beginSink(node: NodeId, at: TaskStart): Promise<void> {
    const { id, incarnation } = this.#parts;
    try {
      await this.#host.sink(node).begin(id, incarnation, at);
    } catch (thrown) {
      const error = asHeadraceError(thrown, 'WRITE_FAILED', { node, task: id });
      if (this.#run.sinks.required.includes(node)) throw error;
      const { message } = error;
      publish('headrace:sink:refused', { topology: this.#host.topology, task: id, node, message });
    }
  }

  /** Delivers and commits what was taken; false where the signal came first. */
  async drain(signal: AbortSignal): Promise<boolean> {
    if (!this.#begun || this.#stopped) return !this.#gaveUp;
    const run = this.#run;
    const drained = await drainTask(
      {
        id: this.id,
        sinks: run.sinks.required,
        optional: run.sinks.all.filter((sink) => !run.sinks.required.includes(sink)),
        close: () => run.close(),
        written: (sink) => run.written(sink),
        // A refused commit is tried again until the signal comes.
        committed: () => run.until(() => run.ledger.openCount === 0 && this.#uncommitted.length === 0),
      },
      (id) => this.#host.sink(id),
      signal,
      () => this.#moment(),
    );
    return drained && !this.#stopped;
  }

  #moment(): { readonly over: Promise<void>; readonly cancel: () => void } {
    let cancel = (): void => {};
    const over = new Promise<void>((resolve) => {
      cancel = this.#host.clock.after(Math.min(optionalMs, this.#host.run.drainTimeoutMs / 5), resolve);
    });
    return { over, cancel: () => cancel() };
  }

  /** Stops at once and lets the sinks forget it. */
  async discard(reason: string): Promise<void> {
    await this.halt();
    // A commit under way may still be kept: whoever begins this task again must begin behind it.
    this.committed = (await this.reading.store.release(this.assigned.split)) ?? this.committed;
    const { id, incarnation } = this.#parts;
    for (const sink of this.#run.sinks.all) await this.#host.sink(sink).discard(id, incarnation);
    publish('headrace:task:stopped', { topology: this.#host.topology, task: id, incarnation, reason });
  }

  /** Stops taking and delivering at once. */
  async halt(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#gaveUp = this.#begun && (this.#run.ledger.openCount > 0 || this.#uncommitted.length > 0);
    this.#host.turns.remove(this.#run);
    if (this.#begun) await this.#run.stop();
  }

  /** Notes that a start failed at the committed position. */
  async countFailedStart(): Promise<void> {
    await this.halt();
    const kept = (await this.reading.store.release(this.assigned.split)) ?? this.committed;
    const at = kept ?? this.reading.beginning(this.#run.firstOffset);
    if (at === null) return;
    await this.reading.store.commit(this.assigned.split, { ...at, failedStarts: at.failedStarts + 1 });
  }

  /** Commits the position after the last of the epochs that are done; while a commit is under way they gather for the next. */
  #commit(): void {
    const epochs = [...this.#uncommitted];
    const last = epochs.at(-1);
    const end = last?.positions.get(this.assigned.split);
    if (this.#committing || last === undefined || end === undefined) return;
    this.#committing = true;
    const stored = { ...end, failedStarts: 0 };
    this.reading.store.commit(this.assigned.split, stored).then(
      () => {
        this.#committing = false;
        if (!this.#stopped) this.#committed(epochs, stored);
      },
      (error: unknown) => {
        this.#committing = false;
        if (!this.#stopped) this.#commitFailed(error);
      },
    );
  }

  #committed(epochs: readonly Epoch[], stored: StoredPosition): void {
    this.committed = stored;
    this.#uncommitted.splice(0, epochs.length);
    this.#commits++;
    this.#host.statistics.commits.add(this.assigned.source.node.id, 1);
    for (const epoch of epochs) {
      for (const sink of this.#run.sinks.all) this.#host.sink(sink).committed?.(this.id, epoch.number);
      publish('headrace:epoch:committed', {
        topology: this.#host.topology,
        task: this.id,
        epoch: epoch.number,
        offset: stored.offset,
      });
    }
    this.#run.intake.committed(stored.position).catch((error: unknown) => this.#host.failed(this, error));
    this.#commit();
    this.#host.turns.ready(this.#run);
  }

  /** A refused commit means that the group is changing: it is tried again while the partition stays ours. */
  #commitFailed(thrown: unknown): void {
    const error = asHeadraceError(thrown, 'COMMIT_FAILED', { task: this.id });
    this.#host.statistics.failedCommits.add(this.assigned.source.node.id, 1);
    publish('headrace:commit:failed', { topology: this.#host.topology, message: error.message });
    if (!error.retryable && !refusals.has(error.code)) {
      this.#host.failed(this, error);
      return;
    }
    this.#host.clock.after(commitRetryMs, () => {
      if (!this.#stopped) this.#commit();
    });
  }
}
