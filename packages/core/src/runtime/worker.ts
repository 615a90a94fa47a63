import type { Clock } from '../component/clock.ts';
import type { Log, Membership, StartAt, TopicPartition } from '../component/log.ts';
import type { Registry } from '../component/registry.ts';
import type { SchemaRegistry } from '../component/schema-registry.ts';
import type { Sink } from '../component/sink.ts';
import type { Source } from '../component/source.ts';
import type { SplitReader } from '../component/split-reader.ts';
import { compileTopology, type CompiledTopology } from '../compile/compile-topology.ts';
import { asHeadraceError, HeadraceError } from '../errors/headrace-error.ts';
import type { SinkNode } from '../graph/topology-graph.ts';
import { requireEnds } from '../plan/require-ends.ts';
import type { PlannedSource, TopologyPlan } from '../plan/topology-plan.ts';
import type { NodeId, Split, TaskId } from '../record/record-batch.ts';
import { publish } from '../telemetry/channels.ts';
import type { Counters } from '../telemetry/counters.ts';
import { RunStatistics } from '../telemetry/run-statistics.ts';
import type { TurnMarks } from '../telemetry/turn-marks.ts';
import { GroupSources, splitsOf } from './assignment.ts';
import { Committer } from './commit.ts';
import { GroupPositions } from './group-positions.ts';
import { Lifecycle } from './lifecycle.ts';
import { nodeContext, sinkContext, sourceContext, type RunFacts } from './node-contexts.ts';
import { openFrames } from './open-frames.ts';
import { PositionFile, type StoredPosition } from './positions.ts';
import { observeRun, type RunObservation } from './run-observation.ts';
import { Slots } from './slots.ts';
import { saysPositionIsLost } from './says-position-is-lost.ts';
import { startOf } from './start-of.ts';
import type { Task } from './task.ts';
import { pacesOf } from './task-paces.ts';
import { TaskTable, taskIdOf, type TaskTableHost } from './task-table.ts';
import { Turns } from './turns.ts';

/** What a run is made of. */
export interface WorkerOptions {
  readonly plan: TopologyPlan;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly stateDirectory: string;
  /** Connects to Kafka, or to what stands for it; called at the first need. */
  readonly openLog?: () => Promise<Log>;
  /** Where it is noted which node is at work, for a thread that looks on. */
  readonly marks?: TurnMarks;
  /** Connects to the registry of schemas, or to what stands for it; called where values have ids of schemas before them. */
  readonly openSchemas?: () => SchemaRegistry;
  /** `earliest`: forget what was committed and begin anew. */
  readonly from?: 'earliest';
  /**
   * Ends the run where the sources end, the partitions of a Log too, which must be opened so that they do. `bounded`: a closed world, that
   * begins from nothing and completes all that it writes; `untilEnd`: goes on from what is committed.
   */
  readonly ends?: 'bounded' | 'untilEnd';
}

/** How a run ended. `clean`: everything that was taken is delivered and committed. */
export interface RunResult {
  readonly state: 'stopped' | 'failed';
  readonly clean: boolean;
  readonly error: HeadraceError | null;
}

interface SinkUnit {
  readonly node: SinkNode;
  readonly sink: Sink;
  readonly slots: Slots;
}

interface HostSource {
  readonly planned: PlannedSource;
  readonly source: Source;
  readonly splits: readonly Split[];
  readonly positions: PositionFile;
  readonly committer: Committer;
}

interface GroupUnit {
  readonly sources: GroupSources;
  readonly positions: GroupPositions;
  readonly committer: Committer;
  membership: Membership | null;
}

/** How long closing may take once everything is delivered or given up, at most; it is a part of the drain timeout. */
const longestCloseMs = 5000;

/** One process's part of a topology: its sources, sinks and tasks. The only one that knows all parts of the runtime. */
export class Worker {
  readonly finished: Promise<RunResult>;
  readonly #options: WorkerOptions;
  readonly #statistics = new RunStatistics();
  readonly #lifecycle: Lifecycle;
  readonly #turns: Turns;
  readonly #tasks: TaskTable;
  readonly #sinks = new Map<NodeId, SinkUnit>();
  readonly #groupSplits = new Set<Split>();
  /** The partitions that the group has given to this process and not taken back, with the number of the assignment. */
  readonly #owned = new Map<Split, number>();
  #assignments = 0;
  readonly #begunAnew = new Set<Split>();
  #hostSources: HostSource[] = [];
  #group: GroupUnit | null = null;
  #compiled: CompiledTopology | null = null;
  #log: Promise<Log> | null = null;
  #schemas: SchemaRegistry | null = null;
  #finish: (result: RunResult) => void = () => {};
  #ending: Promise<void> | null = null;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    const topology = options.plan.graph.name;
    this.#lifecycle = new Lifecycle((state) => publish('headrace:topology:changed', { topology, state }));
    this.#turns = new Turns(options.clock, ({ id, node }, ms) => {
      this.#statistics.slowSteps++;
      const held = node ?? options.marks?.seenMost() ?? null;
      publish('headrace:turn:held', { topology, task: node === undefined ? id : null, node: held, ms });
    });
    this.#tasks = new TaskTable(this.#tableHost());
  }

  get counters(): Counters {
    return this.#statistics.counters;
  }

  get state() {
    return this.#lifecycle.state;
  }

  /** Whether no task has work to do at once. */
  get idle(): boolean {
    return this.#turns.idle && this.#tasks.idle;
  }

  get tasks(): readonly TaskId[] {
    return this.#tasks.ids;
  }

  /** Says what the run is at and what it has counted. */
  observe(): RunObservation {
    const { plan } = this.#options;
    const { run, name } = plan.graph;
    return observeRun(this.#statistics, {
      topology: name,
      state: this.#lifecycle.state,
      assigned: this.#lifecycle.state === 'running' && (this.#group === null || this.#assignments > 0),
      changing: this.#tasks.changing,
      tasks: this.#tasks.all.map((task) => task.observe()),
      limitBytes: run.memoryBytes,
    });
  }

  /** Starts everything; resolves when the first tasks run or the group is joined. What goes wrong ends the run as failed. */
  async start(): Promise<void> {
    this.#lifecycle.to('starting');
    try {
      await this.#start();
      if (this.#lifecycle.state === 'starting') this.#lifecycle.to('running');
      this.#endIfDone();
    } catch (error) {
      // A start that a drain overtook finds everything closed: nothing was taken, and the drain ends the run.
      if (this.#lifecycle.state !== 'draining') this.#fail(error);
    }
  }

  /** Stops taking, delivers and commits what was taken, and ends. */
  async drain(): Promise<void> {
    this.#ending ??= this.#drain();
    await this.#ending;
  }

  /** Forgets the running incarnation of a task and begins again from what is committed. */
  rewind(id: TaskId): Promise<void> {
    return this.#tasks.rewind(id);
  }

  async #start(): Promise<void> {
    const { plan, registry } = this.#options;
    const scopeOf = (source: PlannedSource) => source.node.definition.traits(source.node.options).scope;
    const grouped = plan.sources.filter((source) => scopeOf(source) === 'group');
    const { ends } = this.#options;
    if (ends !== undefined) requireEnds(plan);
    const bounded =
      ends === 'bounded' || plan.sources.every((source) => source.node.definition.traits(source.node.options).bounded);
    const facts: { -readonly [K in keyof RunFacts]: RunFacts[K] } = {
      graph: plan.graph,
      clock: this.#options.clock,
      stateDirectory: this.#options.stateDirectory,
      bounded,
      fresh: true,
      log: () => this.#openLog(),
      splits: (task) => this.#tasks.splitsOf(task),
      singleTask: (sink) => this.#singleTask(sink),
    };
    for (const source of plan.sources) if (scopeOf(source) !== 'group') await this.#openHostSource(source, facts);
    if (grouped.length > 0) await this.#openGroup(grouped);
    facts.fresh = await this.#isFresh();
    for (const node of plan.sinks.values()) {
      const concurrency = node.definition.traits(node.options).concurrency;
      this.#sinks.set(node.id, {
        node,
        sink: node.definition.create(node.options, sinkContext(node, facts)),
        slots: new Slots(concurrency),
      });
    }
    const opened = await openFrames(plan, this.#options);
    this.#schemas = opened?.schemas ?? null;
    this.#compiled = compileTopology(plan, {
      registry,
      frames: opened?.frames ?? null,
      clock: this.#options.clock,
      marks: this.#options.marks,
      turns: this.#turns,
      counters: this.#statistics.counters,
      nodeContext: (node) => nodeContext(node, facts),
      splitOrigin: (split) => (this.#groupSplits.has(split) ? originOf(split) : { topic: null, partition: null }),
    });
    for (const host of this.#hostSources) this.#startHostSource(host);
    await this.#tasks.settled();
    if (this.#group !== null) await this.#join(this.#group);
  }

  async #openHostSource(planned: PlannedSource, facts: RunFacts): Promise<void> {
    const { node } = planned;
    const source = node.definition.create?.(node.options, sourceContext(node, facts));
    if (source === undefined)
      throw new HeadraceError('SOURCE_NOT_RUNNABLE', `The source type "${node.type}" cannot run in this process.`, {
        place: { node: node.id },
      });
    const positions = await PositionFile.open(this.#options.stateDirectory, node.id, node.renamedFrom);
    const committer = new Committer(positions);
    this.#hostSources.push({ planned, source, positions, committer, splits: [] });
    if (this.#beginsAnew) await positions.reset();
    const splits = await splitsOf(source);
    this.#hostSources = this.#hostSources.map((host) => (host.planned === planned ? { ...host, splits } : host));
  }

  async #openGroup(sources: readonly PlannedSource[]): Promise<void> {
    const log = await this.#openLog();
    const positions = new GroupPositions(log, () => this.#membership());
    this.#group = {
      sources: new GroupSources(sources),
      positions,
      committer: new Committer(positions),
      membership: null,
    };
  }

  get #beginsAnew(): boolean {
    return this.#options.from === 'earliest' || this.#options.ends === 'bounded';
  }

  async #isFresh(): Promise<boolean> {
    if (this.#beginsAnew) return true;
    if (!this.#hostSources.every((host) => host.positions.empty)) return false;
    if (this.#group === null) return true;
    // Of topics that only the cluster knows nobody can say that nothing was committed.
    if (this.#group.sources.isOpen) return false;
    const log = await this.#openLog();
    return (await this.#group.positions.read(await this.#group.sources.partitions(log))).size === 0;
  }

  #startHostSource(host: HostSource): void {
    for (const split of host.splits) {
      const assigned = { source: host.planned, split };
      const start = (at: StoredPosition | null): SplitReader => host.source.open(split, at?.position ?? null);
      this.#tasks.begin(assigned, host.positions.get(split) ?? null, {
        store: host.committer,
        start,
        beginning: () => ({ position: null, offset: 0, failedStarts: 0 }),
        ours: () => true,
      });
    }
  }

  async #join(group: GroupUnit): Promise<void> {
    const log = await this.#openLog();
    if (this.#ending !== null) return;
    group.membership = await group.sources.join(log, {
      assigned: (partitions) => void this.#assign(log, partitions).catch((error: unknown) => this.#fail(error)),
      revoking: (partitions, signal) => this.#revoke(partitions, signal),
      lost: (partitions) => this.#lose(partitions),
      failed: (error) => this.#fail(error),
    });
  }

  #membership(): Membership {
    const membership = this.#group?.membership;
    if (membership === null || membership === undefined)
      throw new HeadraceError('COMMIT_REFUSED', 'This process is not a member of the group.');
    return membership;
  }

  async #assign(log: Log, partitions: readonly TopicPartition[]): Promise<void> {
    const group = this.#group;
    if (group === null || this.#ending !== null) return;
    const assignment = ++this.#assignments;
    for (const partition of partitions) {
      this.#groupSplits.add(partition);
      this.#owned.set(partition, assignment);
    }
    const splits = group.sources.assigned(partitions);
    const pending = splits.map(({ source, split }) => taskIdOf(source, split));
    // A task that is being discarded may have a commit under way: positions are read behind it.
    const read = this.#tasks.settledOf(pending).then(() => group.positions.read(partitions));
    for (const id of pending) this.#tasks.hold(id, read);
    const committed = await read;
    for (const assigned of splits) {
      // It may be lost, and even given anew, while positions are read or an earlier run is being discarded.
      const ours = (): boolean => this.#owned.get(assigned.split) === assignment;
      if (!ours()) continue;
      const partition = assigned.split as TopicPartition;
      const anew = this.#options.from === 'earliest' && !this.#begunAnew.has(partition);
      this.#begunAnew.add(partition);
      const { node } = assigned.source;
      const { start: written = 'earliest', offsets, reading } = node.definition.subscription?.(node.options) ?? {};
      const initial: StartAt = anew ? 'earliest' : (offsets?.get(partition) ?? written);
      const start = startOf(initial, (at, bufferBytes) => log.reader(partition, at, { ...reading, bufferBytes }));
      this.#tasks.begin(assigned, anew ? null : (committed.get(partition) ?? null), {
        store: group.committer,
        start,
        keepsStart: initial === 'latest',
        beginning: (first) => (first === null ? null : { position: first, offset: first, failedStarts: 0 }),
        ours,
      });
    }
    this.#endIfDone();
  }

  async #revoke(partitions: readonly TopicPartition[], signal: AbortSignal): Promise<void> {
    for (const partition of partitions) this.#owned.delete(partition);
    const tasks = this.#tasks.reading(partitions);
    await Promise.all(tasks.map((task) => task.drain(signal)));
    await Promise.all(tasks.map((task) => this.#tasks.discard(task, 'revoked')));
  }

  #lose(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#owned.delete(partition);
    for (const task of this.#tasks.reading(partitions))
      void this.#tasks.discard(task, 'lost').catch((error: unknown) => this.#fail(error));
  }

  #tableHost(): TaskTableHost {
    const { plan, clock } = this.#options;
    const task = {
      clock,
      statistics: this.#statistics,
      run: plan.graph.run,
      topology: plan.graph.name,
      turns: this.#turns,
      paces: pacesOf(plan),
      sink: (id: NodeId) => this.#unit(id).sink,
      sinkNode: (id: NodeId) => this.#unit(id).node,
      acquire: (id: NodeId) => this.#unit(id).slots.acquire(),
    };
    return {
      clock,
      memoryBytes: plan.graph.run.memoryBytes,
      task: () => task,
      compiled: () => this.#compiled as CompiledTopology,
      open: () => this.#ending === null && !this.#lifecycle.ended,
      rewound: (task) => this.#statistics.rewinds.add(task.assigned.source.node.id, 1),
      emptied: () => this.#endIfDone(),
      fail: (error, failed) => this.#fail(error, failed),
    };
  }

  #unit(id: NodeId): SinkUnit {
    return this.#sinks.get(id) as SinkUnit;
  }

  #singleTask(sink: NodeId): boolean {
    const reading = this.#options.plan.sources.filter((source) => source.reaches.sinks.includes(sink));
    const [only] = reading;
    return reading.length === 1 && this.#hostSources.some((host) => host.planned === only && host.splits.length === 1);
  }

  #openLog(): Promise<Log> {
    const { openLog } = this.#options;
    if (openLog === undefined)
      return Promise.reject(
        new HeadraceError('CLUSTER_NEEDED', 'This topology reads or writes Kafka, but no cluster is declared.'),
      );
    this.#log ??= openLog();
    return this.#log;
  }

  #endIfDone(): void {
    // A member of a group may get more, unless it is only there for what it was given, to its end.
    const mayGetMore = this.#group !== null && (this.#options.ends === undefined || this.#assignments === 0);
    if (!mayGetMore && this.#tasks.empty && this.#lifecycle.state === 'running') void this.drain();
  }

  async #drain(): Promise<void> {
    if (this.#lifecycle.ended || this.#lifecycle.state === 'created') return;
    this.#lifecycle.to('draining');
    const deadline = new AbortController();
    const { drainTimeoutMs } = this.#options.plan.graph.run;
    const cancel = this.#options.clock.after(drainTimeoutMs - this.#closeMs, () => deadline.abort());
    await Promise.race([this.#tasks.settled(), aborted(deadline.signal)]);
    const drained = await Promise.all(this.#tasks.all.map((task) => task.drain(deadline.signal)));
    const clean = !deadline.signal.aborted && drained.every(Boolean);
    cancel();
    await this.#closeInTime('stopped');
    if (this.#lifecycle.ended) return;
    this.#lifecycle.to(clean ? 'stopped' : 'failed');
    const error = clean
      ? null
      : new HeadraceError(
          'DRAIN_TIMEOUT',
          'Not everything that was taken could be delivered and committed before the end; it will be repeated at the next start.',
        );
    this.#finish({ state: clean ? 'stopped' : 'failed', clean, error });
  }

  #fail(thrown: unknown, task?: Task): void {
    if (this.#lifecycle.ended) return;
    const error = asHeadraceError(thrown, 'RUN_FAILED');
    this.#lifecycle.to('failed');
    this.#ending ??= Promise.resolve();
    const counted = task === undefined || saysPositionIsLost(error) ? Promise.resolve() : task.countFailedStart();
    void this.#closeInTime('failed', counted)
      .catch(() => {})
      .then(() => this.#finish({ state: 'failed', clean: false, error }));
  }

  get #closeMs(): number {
    return Math.min(longestCloseMs, this.#options.plan.graph.run.drainTimeoutMs / 5);
  }

  /** Closes everything, but does not wait for ever: what hangs then is left to the end of the process. */
  async #closeInTime(reason: string, first: Promise<void> = Promise.resolve()): Promise<void> {
    const late = new AbortController();
    const cancel = this.#options.clock.after(this.#closeMs, () => late.abort());
    await Promise.race([first.catch(() => {}).then(() => this.#closeAll(reason)), aborted(late.signal)]);
    cancel();
  }

  async #closeAll(reason: string): Promise<void> {
    await Promise.all(this.#tasks.all.map((task) => this.#tasks.discard(task, reason)));
    const quietly = (closing: Promise<void> | undefined): Promise<void> => Promise.resolve(closing).catch(() => {});
    await quietly(this.#group?.membership?.leave());
    for (const { sink } of this.#sinks.values()) await quietly(sink.close());
    for (const { source, positions } of this.#hostSources) {
      await quietly(source.close?.());
      await quietly(positions.close());
    }
    this.#schemas?.close();
    if (this.#log !== null) await quietly(this.#log.then((log) => log.close()));
  }
}

function originOf(split: Split): { topic: string; partition: number } {
  const at = split.lastIndexOf('/');
  return { topic: split.slice(0, at), partition: Number(split.slice(at + 1)) };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
