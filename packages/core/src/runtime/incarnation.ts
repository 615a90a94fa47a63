import type { Clock } from '../component/clock.ts';
import type { Stepper } from '../component/stepper.ts';
import type { TaskStart } from '../component/sink.ts';
import type { CompiledTopology } from '../compile/compile-topology.ts';
import type { RunningAsyncNode } from '../compile/async-node.ts';
import type { WiredTask } from '../compile/wire-task.ts';
import type { PlannedPlace, PlannedSource } from '../plan/topology-plan.ts';
import { sliceColumns } from '../record/columns.ts';
import type { NodeId, Port, Split, TaskId } from '../record/record-batch.ts';
import { TaskBatch, type Place } from '../record/task-batch.ts';
import { dataBytes } from '../record/data-bytes.ts';
import type { RunStatistics } from '../telemetry/run-statistics.ts';
import type { Delivery, DeliveryHost } from './delivery.ts';
import { EpochEnds } from './epoch-ends.ts';
import { EpochLedger, type Epoch, type SplitPosition } from './epochs.ts';
import type { FlowLimit } from './flow-limit.ts';
import type { Intake, IntakeHost, IntakePiece } from './intake.ts';
import type { SplitProgress } from '../component/split-reader.ts';
import type { TaskPaces } from './task-paces.ts';
import { heaviestNode, type TaskObservation } from './task-observation.ts';
import { TaskSinks, type TaskSinksHost } from './task-sinks.ts';

/** What is kept of an epoch until it is done, about. */
const epochBytes = 1024;

/** What one incarnation of a task needs of its worker. */
export interface IncarnationHost {
  readonly clock: Clock;
  readonly statistics: RunStatistics;
  readonly commitIntervalMs: number;
  readonly compiled: CompiledTopology;
  readonly paces: TaskPaces;
  /** Makes the measure of the task; `holdsEpochs`: whether a node may hold what it takes until the end of its epoch. */
  flow(holdsEpochs: boolean): FlowLimit;
  /** The bytes of memory that the task may hold. */
  shareBytes(): number;
  openIntake(host: IntakeHost): Intake;
  delivery(sink: NodeId, host: Omit<DeliveryHost, 'acquire' | 'retried'>): Delivery;
  /** Commits the end of done epochs, oldest first. */
  commit(epochs: readonly Epoch[]): void;
  ready(stepper: Stepper): void;
  fail(error: unknown): void;
}

/** Names a task and its run. */
export interface IncarnationId {
  readonly task: TaskId;
  readonly incarnation: number;
  readonly split: Split;
}

/** One run of a task since its last rewind: takes batches from its intake, sends them through the graph, and watches its epochs. */
export class Incarnation implements Stepper {
  readonly id: TaskId;
  readonly ledger: EpochLedger;
  readonly sinks: TaskSinks;
  readonly #name: IncarnationId;
  readonly #source: PlannedSource;
  readonly #host: IncarnationHost;
  readonly #places: readonly PlannedPlace[];
  readonly #placeOf: ReadonlyMap<NodeId, Place>;
  /** Whether a node may hold what it takes until the end of its epoch. */
  readonly #holdsEpochs: boolean;
  readonly #flow: FlowLimit;
  readonly #inbox: (() => void)[] = [];
  readonly #waiters = new Set<{ test: () => boolean; resolve: () => void }>();
  readonly #ends: EpochEnds;
  #wired: WiredTask | null = null;
  #intake: Intake | null = null;
  #piece: { piece: IntakePiece; at: number } | null = null;
  #position: SplitPosition | null = null;
  #firstOffset: number | null = null;
  #cancelTimer: (() => void) | null = null;
  /** Wakes the task when its pace lets it take more. */
  #cancelPace: (() => void) | null = null;
  #closeDue = false;
  #taking = true;
  /** How many pieces, slices and results of asynchronous nodes were worked on. */
  #moves = 0;
  #stopped = false;

  constructor(name: IncarnationId, source: PlannedSource, host: IncarnationHost) {
    this.id = name.task;
    this.#name = name;
    this.#source = source;
    this.#host = host;
    this.#places = host.compiled.plan.places.get(source.node.id) as readonly PlannedPlace[];
    this.#holdsEpochs = this.#places.some(({ kind, holds }) => kind === 'async' && holds);
    this.#flow = host.flow(this.#holdsEpochs);
    this.#placeOf = new Map(this.#places.map((place, index) => [place.node ?? '', index]));
    this.ledger = new EpochLedger(this.#places, () => this.#wake());
    const sinks = this.#places.filter((place) => place.kind === 'sink').map((place) => place.node as NodeId);
    this.sinks = new TaskSinks(sinks, this.#sinksHost());
    this.#ends = new EpochEnds(
      this.#places,
      this.ledger,
      this.sinks,
      (id) => this.#wired?.asyncNodes.get(id) as RunningAsyncNode,
    );
  }

  /** Whether the split has ended and all of it was taken. */
  get ended(): boolean {
    return this.#piece === null && (this.#intake?.ended ?? false);
  }

  /** Whether nothing that was read waits or is under way. An open epoch that holds no batch is quiet. */
  get quiet(): boolean {
    return (
      this.#piece === null &&
      this.#inbox.length === 0 &&
      !(this.#intake?.waiting ?? false) &&
      this.ledger.bytes === 0 &&
      this.sinks.written
    );
  }

  /** The offset of the first record that was taken, or null. */
  get firstOffset(): number | null {
    return this.#firstOffset;
  }

  /** What its reader knows of the split; null for one that knows nothing. */
  get progress(): SplitProgress | null {
    return this.#intake?.progress ?? null;
  }

  get intake(): Intake {
    return this.#intake as Intake;
  }

  /** Says what it is at; what the task itself knows is left to it. */
  observe(): Omit<TaskObservation, 'task' | 'source' | 'split' | 'incarnation' | 'running' | 'reading'> {
    const { ledger } = this;
    const now = this.#host.clock.monotonic();
    const [oldest] = ledger.open;
    return {
      queued: { records: this.#intake?.queuedRecords ?? 0, bytes: this.#intake?.queuedBytes ?? 0 },
      heldBytes: ledger.bytes + this.sinks.optionalBytes,
      openEpochs: ledger.openCount,
      oldestEpochMs: oldest === undefined ? 0 : now - oldest.openedAt,
      blockedBy: this.#blockedBy(now),
      busy: !this.quiet,
      moves: this.#moves + this.sinks.answers + ledger.releasedBytes,
      share: this.#intake?.share(this.#position?.position ?? null) ?? null,
    };
  }

  /** Wires the graph and starts reading. The sinks have begun. */
  start(): void {
    const host = this.#host;
    this.sinks.start();
    this.#wired = host.compiled.wire(this.#source, {
      counters: { add: (node, port, records) => this.#count(node, port, records) },
      clock: host.clock,
      placeOf: (node) => this.#placeOf.get(node) as Place,
      toSink: (sink, batch) => this.sinks.accept(sink, batch),
      toInbox: (run) => this.#later(run),
      goOn: (run) => this.#next(run),
      wake: () => this.#wake(),
      fail: (error) => this.#fail(error),
    });
    this.#intake = host.openIntake({ arrived: () => this.#wake(), fail: (error) => this.#fail(error) });
    this.#intake.start();
  }

  step(): boolean {
    if (this.#stopped) return false;
    try {
      const task = this.#inbox.shift();
      if (task !== undefined) {
        this.#moves++;
        task();
      } else this.#take();
      this.#lookAtEpochs();
    } catch (error) {
      this.#fail(error);
      return false;
    }
    if (this.#stopped) return false;
    return this.#inbox.length > 0 || (this.#mayTake() && this.#hasInput());
  }

  /** Takes no more from the queue; the piece under way is finished, since an epoch ends between pieces only. Then closes the epoch. */
  async close(): Promise<void> {
    this.#taking = false;
    this.#closeDue = true;
    this.#wake();
    await this.until(() => this.#piece === null && this.ledger.current === null && this.#inbox.length === 0);
  }

  /** Resolves when nothing can come to a sink any more and everything is written to it. */
  written(sink: NodeId): Promise<void> {
    const place = this.#placeOf.get(sink) as Place;
    return this.until(() => {
      for (const epoch of this.ledger.open) if (!this.ledger.overAbove(epoch, place)) return false;
      return this.sinks.of(sink).written;
    });
  }

  /** Resolves when a condition holds after some step. Never rejects: a stopped incarnation resolves at once. */
  until(test: () => boolean): Promise<void> {
    if (this.#stopped || test()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.add({ test, resolve }));
  }

  /** Stops at once: unsubscribes, and drops batches, timers and accounts whole. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelPace?.();
    this.#wired?.stop();
    this.sinks.stop();
    this.#inbox.length = 0;
    this.#piece = null;
    for (const waiter of this.#waiters) waiter.resolve();
    this.#waiters.clear();
    await this.#intake?.stop();
  }

  #wake(): void {
    if (!this.#stopped) this.#host.ready(this);
  }

  #later(run: () => void): void {
    if (this.#stopped) return;
    this.#inbox.push(run);
    this.#wake();
  }

  /** Lets something go on in the next step, before all else. */
  #next(run: () => void): void {
    if (this.#stopped) return;
    this.#inbox.unshift(run);
    this.#wake();
  }

  #fail(error: unknown): void {
    if (!this.#stopped) this.#host.fail(error);
  }

  #hasInput(): boolean {
    return this.#piece !== null || (this.#taking && (this.#intake?.waiting ?? false));
  }

  // An epoch ends between two pieces only: where it must end, its last piece is finished even if there is no room for it, since
  // what would make room may be a node that waits for the end.
  #mayTake(): boolean {
    const room = this.#hasRoom() || (this.#piece !== null && (this.#closeDue || this.#holdsEpochs));
    return room && this.#inPace();
  }

  #hasRoom(): boolean {
    return this.ledger.bytes < this.#flow.limitBytes(this.#host.shareBytes());
  }

  #blockedBy(now: number): NodeId | null {
    if (this.#stopped || !this.#hasInput()) return null;
    return this.#hasRoom() ? this.#host.paces.holding(now) : heaviestNode(this.ledger, this.#places);
  }

  #inPace(): boolean {
    const { clock, paces } = this.#host;
    const waitMs = Math.ceil(paces.waitMs(clock.monotonic()));
    if (waitMs <= 0) return true;
    this.#cancelPace ??= clock.after(waitMs, () => {
      this.#cancelPace = null;
      this.#wake();
    });
    return false;
  }

  #count(node: NodeId, port: Port, records: number): void {
    this.#host.statistics.counters.add(node, port, records);
    if (port === 'in') this.#host.paces.passed(node, records, this.#host.clock.monotonic());
  }

  #take(): void {
    if (!this.#mayTake()) return;
    if (this.#piece === null) {
      if (!this.#taking) return;
      const piece = (this.#intake as Intake).take();
      if (piece === null) return;
      this.#moves++;
      this.#openEpoch();
      if (piece.records === null || piece.records.count === 0) {
        this.#position = { position: piece.next, offset: piece.nextOffset };
        return;
      }
      this.#firstOffset ??= piece.records.offsets[0] as number;
      this.#piece = { piece, at: 0 };
    }
    this.#runSlice(this.#piece);
  }

  #openEpoch(): void {
    if (this.ledger.current !== null) return;
    this.ledger.take(this.#host.clock.monotonic());
    this.#cancelTimer = this.#host.clock.after(this.#epochMs(), () => {
      this.#closeDue = true;
      this.#wake();
    });
  }

  /** How long an epoch is open. Where a sink holds more of them than memory is for, they become longer: they can be committed only with that sink. */
  #epochMs(): number {
    const most = Math.max(1, this.#host.shareBytes() / 8 / epochBytes);
    return this.#host.commitIntervalMs * (1 + Math.floor(this.ledger.openCount / most));
  }

  #runSlice(under: { piece: IntakePiece; at: number }): void {
    const { piece, at } = under;
    const records = piece.records as NonNullable<IntakePiece['records']>;
    const to = Math.min(records.count, at + Math.min(this.#flow.rows, this.#host.paces.portion));
    const epoch = this.ledger.current as Epoch;
    const batch = new TaskBatch(this.ledger, {
      origin: {
        task: this.id,
        incarnation: this.#name.incarnation,
        source: this.#source.node.id,
        split: this.#name.split,
      },
      epoch: epoch.number,
      place: 0,
      columns: at === 0 && to === records.count ? records : sliceColumns(records, at, to),
      selection: null,
      ordinals: null,
      failures: null,
      bytes: Math.ceil((piece.bytes * (to - at)) / records.count),
    });
    const { clock, statistics } = this.#host;
    statistics.bytes.add(this.#source.node.id, dataBytes(batch));
    this.#moves++;
    const before = clock.monotonic();
    (this.#wired as WiredTask).accept(batch);
    const ms = clock.monotonic() - before;
    this.#flow.ran(to - at, ms);
    statistics.took(this.#source.node.id, ms);
    under.at = to;
    if (to < records.count) return;
    this.#position = { position: piece.next, offset: piece.nextOffset };
    this.#piece = null;
  }

  #lookAtEpochs(): void {
    const { ledger } = this;
    const full = (ledger.current?.bytes ?? 0) >= this.#host.shareBytes() / 8 || (this.#holdsEpochs && !this.#hasRoom());
    if (
      ledger.current !== null &&
      this.#piece === null &&
      this.#position !== null &&
      (this.#closeDue || full || this.ended)
    ) {
      this.#closeDue = false;
      this.#cancelTimer?.();
      ledger.close(new Map([[this.#name.split, this.#position]]));
    }
    for (const epoch of ledger.open) {
      // Told everywhere: it only waits to become durable, and there may be thousands of these.
      if (epoch.told) continue;
      epoch.told = this.#ends.tell(epoch);
    }
    this.#flow.released(ledger.releasedBytes, this.#host.clock.monotonic());
    const done = ledger.takeDone();
    for (const epoch of done) this.#ends.done(epoch);
    if (done.length > 0) this.#host.commit(done);
    for (const waiter of this.#waiters) {
      if (!waiter.test()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  #sinksHost(): TaskSinksHost {
    const { clock, statistics, compiled } = this.#host;
    return {
      task: this.id,
      incarnation: this.#name.incarnation,
      clock,
      statistics,
      compiled,
      ledger: this.ledger,
      shareBytes: () => this.#host.shareBytes(),
      placeOf: (sink) => this.#placeOf.get(sink) as Place,
      delivery: (sink, host) => this.#host.delivery(sink, host),
      later: (run) => this.#later(run),
      openEpoch: () => {
        if (this.#taking) this.#openEpoch();
        return this.ledger.current;
      },
      enterErrors: (sink, batch) => (this.#wired as WiredTask).acceptErrors(sink, batch),
      fail: (error) => this.#fail(error),
    };
  }
}

/** Lists where a task begins, for its sinks. */
export function taskStart(split: Split, position: SplitPosition | null): TaskStart {
  return position === null ? new Map() : new Map([[split, position]]);
}
