import type { Clock } from '../component/clock.ts';
import type { Log, Membership, StartAt, TopicPartition } from '../component/log.ts';
import type { Registry } from '../component/registry.ts';
import type { Sink } from '../component/sink.ts';
import type { Source } from '../component/source.ts';
import type { SplitReader } from '../component/split-reader.ts';
import { compileTopology, type CompiledTopology } from '../compile/compile-topology.ts';
import { asHeadraceError, HeadraceError } from '../errors/headrace-error.ts';
import type { SinkNode } from '../graph/topology-graph.ts';
import type { PlannedSource, TopologyPlan } from '../plan/topology-plan.ts';
import type { NodeId, Split, TaskId } from '../record/record-batch.ts';
import { publish } from '../telemetry/channels.ts';
import { Counters } from '../telemetry/counters.ts';
import { GroupSources, splitsOf, type AssignedSplit } from './assignment.ts';
import { Committer } from './commit.ts';
import { GroupPositions } from './group-positions.ts';
import { Lifecycle } from './lifecycle.ts';
import { nodeContext, sinkContext, sourceContext, type RunFacts } from './node-contexts.ts';
import { PositionFile, type StoredPosition } from './positions.ts';
import { Slots } from './slots.ts';
import { Task, type TaskHost, type TaskReading } from './task.ts';
import { Turns } from './turns.ts';

/** What a run is made of. */
export interface WorkerOptions {
  readonly plan: TopologyPlan;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly stateDirectory: string;
  /** Connects to Kafka, or to what stands for it; called at the first need. */
  readonly openLog?: () => Promise<Log>;
  /** `earliest`: forget what was committed and begin anew. */
  readonly from?: 'earliest';
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

const rewindsWithoutProgress = 3;
const rewindDelayMs = 500;

/** One process's part of a topology: its sources, sinks and tasks. The only one that knows all parts of the runtime. */
export class Worker {
  readonly counters = new Counters();
  readonly finished: Promise<RunResult>;
  readonly #options: WorkerOptions;
  readonly #lifecycle: Lifecycle;
  readonly #turns: Turns;
  readonly #tasks = new Map<TaskId, Task>();
  /** The change that is under way for each task, so that a task begins only after its earlier run is gone. */
  readonly #changes = new Map<TaskId, Promise<void>>();
  readonly #incarnations = new Map<TaskId, number>();
  readonly #sinks = new Map<NodeId, SinkUnit>();
  readonly #splits = new Map<TaskId, readonly Split[]>();
  readonly #groupSplits = new Set<Split>();
  /** The partitions that the group has given to this process and not taken back, with the number of the assignment. */
  readonly #owned = new Map<Split, number>();
  #assignments = 0;
  readonly #begunAnew = new Set<Split>();
  #hostSources: HostSource[] = [];
  readonly #rewinds = new Map<TaskId, { offset: number; count: number }>();
  #group: GroupUnit | null = null;
  #compiled: CompiledTopology | null = null;
  #log: Promise<Log> | null = null;
  #finish: (result: RunResult) => void = () => {};
  #ending: Promise<void> | null = null;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    const topology = options.plan.graph.name;
    this.#lifecycle = new Lifecycle((state) => publish('headrace:topology:changed', { topology, state }));
    this.#turns = new Turns(options.clock, (task, ms) => publish('headrace:turn:held', { topology, task, ms }));
  }

  get state() {
    return this.#lifecycle.state;
  }

  /** Whether no task has work to do at once. */
  get idle(): boolean {
    return this.#turns.idle && this.#changes.size === 0 && [...this.#tasks.values()].every((task) => task.idle);
  }

  get tasks(): readonly TaskId[] {
    return [...this.#tasks.keys()];
  }

  /** Starts everything; resolves when the first tasks run or the group is joined. What goes wrong ends the run as failed. */
  async start(): Promise<void> {
    this.#lifecycle.to('starting');
    try {
      await this.#start();
      if (this.#lifecycle.state === 'starting') this.#lifecycle.to('running');
      this.#endIfDone();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Stops taking, delivers and commits what was taken, and ends. */
  async drain(): Promise<void> {
    this.#ending ??= this.#drain();
    await this.#ending;
  }

  /** Forgets the running incarnation of a task and begins again from what is committed. */
  async rewind(id: TaskId): Promise<void> {
    const task = this.#tasks.get(id);
    if (task === undefined) return;
    await this.#discard(task, 'rewind');
    this.#begin(task.assigned, task.committed, task.reading);
    await this.#changes.get(id);
  }

  async #start(): Promise<void> {
    const { plan, registry } = this.#options;
    const scopeOf = (source: PlannedSource) => source.node.definition.traits(source.node.options).scope;
    const grouped = plan.sources.filter((source) => scopeOf(source) === 'group');
    const bounded = plan.sources.every((source) => source.node.definition.traits(source.node.options).bounded);
    const facts: { -readonly [K in keyof RunFacts]: RunFacts[K] } = {
      graph: plan.graph,
      clock: this.#options.clock,
      stateDirectory: this.#options.stateDirectory,
      bounded,
      fresh: true,
      log: () => this.#openLog(),
      splits: (task) => this.#splits.get(task) ?? [],
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
    this.#compiled = compileTopology(plan, {
      registry,
      nodeContext: (node) => nodeContext(node, facts),
      splitOrigin: (split) => (this.#groupSplits.has(split) ? originOf(split) : { topic: null, partition: null }),
    });
    for (const host of this.#hostSources) this.#startHostSource(host);
    await Promise.all(this.#changes.values());
    if (this.#group !== null) await this.#join(this.#group);
  }

  async #openHostSource(planned: PlannedSource, facts: RunFacts): Promise<void> {
    const { node } = planned;
    const source = node.definition.create?.(node.options, sourceContext(node, facts));
    if (source === undefined)
      throw new HeadraceError('SOURCE_NOT_RUNNABLE', `The source type "${node.type}" cannot run in this process.`, {
        place: { node: node.id },
      });
    const positions = await PositionFile.open(this.#options.stateDirectory, node.id);
    const committer = new Committer(positions);
    this.#hostSources.push({ planned, source, positions, committer, splits: [] });
    if (this.#options.from === 'earliest') await positions.reset();
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

  async #isFresh(): Promise<boolean> {
    if (this.#options.from === 'earliest') return true;
    if (!this.#hostSources.every((host) => host.positions.empty)) return false;
    if (this.#group === null) return true;
    const log = await this.#openLog();
    return (await this.#group.positions.read(await this.#group.sources.partitions(log))).size === 0;
  }

  #startHostSource(host: HostSource): void {
    for (const split of host.splits) {
      const assigned = { source: host.planned, split };
      const start = (at: StoredPosition | null): SplitReader => host.source.open(split, at?.position ?? null);
      this.#begin(assigned, host.positions.get(split) ?? null, { store: host.committer, start, ours: () => true });
    }
  }

  async #join(group: GroupUnit): Promise<void> {
    const log = await this.#openLog();
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
    const read = group.positions.read(partitions);
    for (const id of pending) void this.#change(id, () => read.then(() => {}));
    const committed = await read;
    for (const assigned of splits) {
      // It may be lost, and even given anew, while positions are read or an earlier run is being discarded.
      const ours = (): boolean => this.#owned.get(assigned.split) === assignment;
      if (!ours()) continue;
      const partition = assigned.split as TopicPartition;
      const anew = this.#options.from === 'earliest' && !this.#begunAnew.has(partition);
      this.#begunAnew.add(partition);
      const initial: StartAt = anew
        ? 'earliest'
        : (assigned.source.node.definition.subscription?.(assigned.source.node.options).start ?? 'earliest');
      const start = (at: StoredPosition | null): SplitReader =>
        log.reader(partition, at === null ? initial : at.offset);
      this.#begin(assigned, anew ? null : (committed.get(partition) ?? null), { store: group.committer, start, ours });
    }
  }

  async #revoke(partitions: readonly TopicPartition[], signal: AbortSignal): Promise<void> {
    for (const partition of partitions) this.#owned.delete(partition);
    const tasks = this.#tasksOf(partitions);
    await Promise.all(tasks.map((task) => task.drain(signal)));
    await Promise.all(tasks.map((task) => this.#discard(task, 'revoked')));
  }

  #lose(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#owned.delete(partition);
    for (const task of this.#tasksOf(partitions))
      void this.#discard(task, 'lost').catch((error: unknown) => this.#fail(error));
  }

  #tasksOf(partitions: readonly string[]): Task[] {
    return [...this.#tasks.values()].filter((task) => partitions.includes(task.assigned.split));
  }

  /** Begins a task after its earlier run is gone: its sinks first, then its graph, then its reading. */
  #begin(assigned: AssignedSplit, at: StoredPosition | null, reading: TaskReading): void {
    const id = taskIdOf(assigned.source, assigned.split);
    void this.#change(id, async () => {
      if (this.#ending !== null || this.#lifecycle.ended || !reading.ours()) return;
      const incarnation = (this.#incarnations.get(id) ?? 0) + 1;
      this.#incarnations.set(id, incarnation);
      this.#splits.set(id, [assigned.split]);
      const task = new Task(
        { id, incarnation, assigned, reading, committed: at },
        this.#compiled as CompiledTopology,
        this.#taskHost(),
      );
      this.#tasks.set(id, task);
      await task.begin();
    });
  }

  #taskHost(): TaskHost {
    const { plan, clock } = this.#options;
    return {
      clock,
      counters: this.counters,
      run: plan.graph.run,
      topology: plan.graph.name,
      shareBytes: () => plan.graph.run.memoryBytes / Math.max(1, this.#tasks.size),
      sink: (id) => this.#unit(id).sink,
      sinkNode: (id) => this.#unit(id).node,
      acquire: (id) => this.#unit(id).slots.acquire(),
      turns: this.#turns,
      ended: (task) => void this.#endTask(task).catch((error: unknown) => this.#fail(error)),
      failed: (task, error) => this.#taskFailed(task, error),
    };
  }

  #unit(id: NodeId): SinkUnit {
    return this.#sinks.get(id) as SinkUnit;
  }

  async #endTask(task: Task): Promise<void> {
    await task.drain(new AbortController().signal);
    await this.#discard(task, 'ended');
    this.#endIfDone();
  }

  /** A passing fault rewinds the task, so long as it gets on in between; anything else ends the run. */
  #taskFailed(task: Task, thrown: unknown): void {
    const error = asHeadraceError(thrown, 'TASK_FAILED', { task: task.id });
    if (this.#tasks.get(task.id) !== task || this.#lifecycle.ended) return;
    if (!error.retryable || !this.#mayRewind(task)) {
      this.#fail(error, task);
      return;
    }
    this.#options.clock.after(
      rewindDelayMs,
      () => void this.rewind(task.id).catch((failure: unknown) => this.#fail(failure)),
    );
    void task.halt();
  }

  /** Whether another rewind may help: not where several in a row got nothing committed. */
  #mayRewind(task: Task): boolean {
    const offset = task.committed?.offset ?? -1;
    const before = this.#rewinds.get(task.id);
    const count = before?.offset === offset ? before.count + 1 : 1;
    this.#rewinds.set(task.id, { offset, count });
    return count <= rewindsWithoutProgress;
  }

  async #discard(task: Task, reason: string): Promise<void> {
    if (this.#tasks.get(task.id) !== task) return;
    this.#tasks.delete(task.id);
    await this.#change(task.id, () => task.discard(reason));
  }

  #change(id: TaskId, change: () => Promise<void>): Promise<void> {
    const before = this.#changes.get(id) ?? Promise.resolve();
    const after = before.then(change).catch((error: unknown) => this.#fail(error));
    this.#changes.set(id, after);
    void after.then(() => {
      if (this.#changes.get(id) === after) this.#changes.delete(id);
    });
    return after;
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
    if (
      this.#group === null &&
      this.#tasks.size === 0 &&
      this.#changes.size === 0 &&
      this.#lifecycle.state === 'running'
    )
      void this.drain();
  }

  async #drain(): Promise<void> {
    if (this.#lifecycle.ended || this.#lifecycle.state === 'created') return;
    this.#lifecycle.to('draining');
    const deadline = new AbortController();
    const cancel = this.#options.clock.after(this.#options.plan.graph.run.drainTimeoutMs, () => deadline.abort());
    await Promise.race([Promise.all(this.#changes.values()), aborted(deadline.signal)]);
    const drained = await Promise.all([...this.#tasks.values()].map((task) => task.drain(deadline.signal)));
    const clean = !deadline.signal.aborted && drained.every(Boolean);
    cancel();
    await this.#closeAll('stopped');
    if (this.#lifecycle.ended) return;
    this.#lifecycle.to(clean ? 'stopped' : 'failed');
    const error = clean
      ? null
      : new HeadraceError(
          'DRAIN_TIMEOUT',
          'Not everything that was taken could be delivered before the drain timeout; it will be repeated at the next start.',
        );
    this.#finish({ state: clean ? 'stopped' : 'failed', clean, error });
  }

  #fail(thrown: unknown, task?: Task): void {
    if (this.#lifecycle.ended) return;
    const error = asHeadraceError(thrown, 'RUN_FAILED');
    this.#lifecycle.to('failed');
    this.#ending ??= Promise.resolve();
    const counted = task === undefined ? Promise.resolve() : task.countFailedStart();
    void counted
      .catch(() => {})
      .then(() => this.#closeAll('failed'))
      .catch(() => {})
      .then(() => this.#finish({ state: 'failed', clean: false, error }));
  }

  async #closeAll(reason: string): Promise<void> {
    for (const task of this.#tasks.values()) await this.#discard(task, reason);
    const quietly = (closing: Promise<void> | undefined): Promise<void> => Promise.resolve(closing).catch(() => {});
    await quietly(this.#group?.membership?.leave());
    for (const { sink } of this.#sinks.values()) await quietly(sink.close());
    for (const { source, positions } of this.#hostSources) {
      await quietly(source.close?.());
      await quietly(positions.close());
    }
    if (this.#log !== null) await quietly(this.#log.then((log) => log.close()));
  }
}

/** Names the task of a split: unique in a topology and the same in every run. */
export function taskIdOf(source: PlannedSource, split: Split): TaskId {
  return `${source.node.id}-${split.replaceAll('/', '-')}`;
}

function originOf(split: Split): { topic: string; partition: number } {
  const at = split.lastIndexOf('/');
  return { topic: split.slice(0, at), partition: Number(split.slice(at + 1)) };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
