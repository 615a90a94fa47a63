import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadraceError, loadFunctions, parseDuration, planTopology, startTopology } from '@headrace/core';
import type {
  ModuleLoader,
  NodeId,
  Port,
  Registry,
  RunningTopology,
  RunResult,
  SinkNode,
  SourceNode,
  TopologyGraph,
  TopologyPlan,
} from '@headrace/core';
import { InMemoryLog } from '../log/in-memory-log.ts';
import { InMemorySchemaRegistry } from '../log/in-memory-schema-registry.ts';
import { LogFaults } from '../log/log-faults.ts';
import { columnsOf } from '../log/log-record.ts';
import type { NewLogRecord } from '../log/log-record.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { Capture } from './captured-record.ts';
import { checkTested } from './check.ts';
import type { TestedTopology } from './check.ts';
import { partitionOfKey } from './key-hash.ts';
import { advance, finish, settle } from './pump.ts';
import type { Settled } from './pump.ts';
import { entranceOf, exitOf, splitPort, withTaps } from './taps.ts';
import { TestCodecs } from './test-codecs.ts';
import { testGraph } from './test-graph.ts';
import { receiver, sender } from './test-record.ts';
import type { ReceivedRecord, SentRecord } from './test-record.ts';

/** How a topology is tested. */
export interface TestDriverOptions extends TestedTopology {
  /** Where virtual time begins: epoch milliseconds or ISO 8601; the first of January 2026 unless said. */
  readonly start?: number | string;
  /** How many partitions a source has; 1 unless said. */
  readonly partitions?: Readonly<Record<NodeId, number>>;
  /** Nodes that are no sources and that the test sends to all the same. */
  readonly inputs?: readonly NodeId[];
  /** Nodes, or ports as `node.port`, that are no sinks and that the test reads from all the same. */
  readonly outputs?: readonly string[];
}

/** Counts by node and port. */
export type CountsByNode = Record<NodeId, Record<Port, number>>;

/**
 * Runs a topology through the real runtime, without a broker and on virtual time. Sources read an in-memory Log, so that what is
 * sent is decoded as always; sinks encode as always, and what they would have written is kept for `read`.
 */
export class TopologyTestDriver {
  /** The clock that all of the topology runs by. */
  readonly clock: VirtualClock;
  /** The Log that the sources read: one topic a source, named after it. */
  readonly log: InMemoryLog;
  /** Faults of the sinks: a fault's topic is the id of the sink. */
  readonly sinkFaults = new LogFaults();
  /** The topology as it was checked. */
  readonly graph: TopologyGraph;
  /** The registry of schemas of sources and sinks whose values have ids before them; what sinks write is in it. */
  readonly schemas = new InMemorySchemaRegistry();
  readonly #registry: Registry;
  readonly #codecs: TestCodecs;
  readonly #tapped: TopologyGraph;
  readonly #plan: TopologyPlan;
  readonly #capture = new Capture();
  readonly #stateDirectory = join(tmpdir(), `headrace-test-${randomUUID()}`);
  readonly #counted: CountsByNode = {};
  #partitions = 0;
  #streamAhead = 0;
  #running: RunningTopology;
  #connection: InMemoryLog;
  #result: RunResult | null = null;
  #told = false;

  private constructor(graph: TopologyGraph, options: TestDriverOptions) {
    this.graph = graph;
    this.#registry = options.registry;
    this.#codecs = new TestCodecs(options.registry, this.schemas);
    this.#codecs.register(graph);
    this.#tapped = withTaps(graph, options.inputs ?? [], options.outputs ?? []);
    this.clock = new VirtualClock(startOf(options.start ?? '2026-01-01T00:00:00Z'));
    this.log = new InMemoryLog({ clock: this.clock, group: graph.group });
    for (const id of Object.keys(options.partitions ?? {})) this.source(id);
    for (const node of this.#tapped.nodes.values()) {
      if (node.kind !== 'source') continue;
      const count = options.partitions?.[node.id] ?? 1;
      this.log.createTopic(node.id, count);
      this.#partitions += count;
    }
    const context = { capture: this.#capture, faults: this.sinkFaults, clock: this.clock };
    this.#plan = planTopology(testGraph(this.#tapped, context));
    this.#connection = this.log.open({ group: graph.group });
    this.#running = this.#start();
  }

  /** Checks a topology as `create` does, without starting it; throws one error with all findings. */
  static check(topology: TestedTopology): TopologyGraph {
    return checkTested(topology);
  }

  /** Checks a topology, which throws one error with all findings, and starts it. */
  static async create(options: TestDriverOptions): Promise<TopologyTestDriver> {
    const graph = checkTested(options);
    await loadFunctions(graph, options.modules ?? noModules);
    const driver = new TopologyTestDriver(graph, options);
    await driver.settle();
    return driver;
  }

  /** Sends records to a source, or to a node of `inputs`, in order. They pass with `settle` or `advance`. */
  async send(to: NodeId, records: SentRecord | readonly SentRecord[]): Promise<void> {
    const source = this.source(to);
    const encode = sender(source, this.#codecs);
    const partitions = await this.log.partitions(source.id);
    const list = isList(records) ? records : [records];
    const encoded = list.map((record) => encode(record, this.now));
    const numbers = list.map(
      ({ partition }, index) => partition ?? partitionOfKey((encoded[index] as NewLogRecord).key ?? null, partitions),
    );
    await this.log.append(source.id, Int32Array.from(numbers), columnsOf(encoded));
  }

  /** Encodes a value as the source that `to` names reads it. */
  encode(to: NodeId, value: unknown): Uint8Array {
    return sender(this.source(to), this.#codecs)({ value }, 0).value ?? new Uint8Array();
  }

  /**
   * Waits until everything that was sent has passed, virtual time standing still: `idle`. `waiting`: something is left that does
   * nothing by itself, such as a delivery that is tried again later. Throws where the run has failed.
   */
  settle(): Promise<Settled> {
    return settle(this.#pumped());
  }

  /** Moves virtual time on, by milliseconds or a duration such as `10s`, and settles. */
  async advance(by: number | string): Promise<Settled> {
    return advance(this.#pumped(), milliseconds(by));
  }

  /** Moves on only the time that records are sent with, while the clock stands: stream time without wall time. */
  advanceStream(by: number | string): void {
    this.#streamAhead += milliseconds(by);
  }

  /** Moves on only the clock: records are sent with the time that they would have had. */
  async advanceWall(by: number | string): Promise<Settled> {
    const ms = milliseconds(by);
    this.#streamAhead -= ms;
    return advance(this.#pumped(), ms);
  }

  /** The time that a record is sent with unless it says another, in epoch milliseconds. */
  get now(): number {
    return this.clock.now() + this.#streamAhead;
  }

  /** Settles and drains, as a bounded run does at the end of its input; what came out can still be read. */
  async end(): Promise<void> {
    await this.settle();
    await this.#end();
    if (this.#result?.error !== null) throw this.#failure();
  }

  /** Returns the records that a sink was given, or that left by a node or port of `outputs`, since the last call, in the order of writing. */
  read(from: string): readonly ReceivedRecord[] {
    const sink = this.sink(from);
    return this.#capture.take(sink.id).map(receiver(sink, this.#codecs));
  }

  /** Returns the dead letters since the last call. */
  deadLetters(): readonly ReceivedRecord[] {
    const { deadLetter } = this.graph.run;
    return deadLetter === null ? [] : this.read(deadLetter);
  }

  /** Returns how many records of each sink were not read yet; sinks without any are absent. */
  unread(): Record<NodeId, number> {
    const counts = [...this.graph.nodes.keys()].map((id) => [id, this.#capture.unseen(id)] as const);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }

  /** Returns how many records left each node by each port, over all starts. */
  counters(): CountsByNode {
    const total = structuredClone(this.#counted);
    addCounts(total, this.#running.counters.snapshot());
    return total;
  }

  /** Returns the committed offsets by source and partition: `orders/0`. */
  committed(): Record<string, number> {
    return Object.fromEntries([...this.log.commits()].map(([partition, { offset }]) => [partition, offset]));
  }

  /** Settles, drains, starts again, as a deployment does, and settles; after a failure it only starts and settles. */
  async restart(): Promise<Settled> {
    const ended = this.#result !== null;
    if (!ended) await this.settle();
    await this.#end();
    if (!ended && this.#result?.error !== null) throw this.#failure();
    addCounts(this.#counted, this.#running.counters.snapshot());
    this.#connection = this.log.open({ group: this.graph.group });
    this.#result = null;
    this.#told = false;
    this.#running = this.#start();
    return this.settle();
  }

  /** Drops what is under way in all tasks, which begin again from what is committed, as after a passing fault. */
  async rewind(): Promise<void> {
    await Promise.all(this.#running.tasks.map((task) => this.#running.rewind(task)));
  }

  /** Drains and ends. Throws a failure that nobody was told of yet. */
  async stop(): Promise<void> {
    await this.#end();
    await rm(this.#stateDirectory, { recursive: true, force: true });
    if (this.#result?.error !== null && !this.#told) throw this.#failure();
  }

  #start(): RunningTopology {
    const connection = this.#connection;
    const running = startTopology({
      plan: this.#plan,
      registry: this.#registry,
      clock: this.clock,
      stateDirectory: this.#stateDirectory,
      openLog: () => Promise.resolve(connection),
      openSchemas: () => this.schemas,
    });
    void running.finished.then((result) => {
      if (this.#running === running) this.#result = result;
    });
    return running;
  }

  async #end(): Promise<void> {
    if (this.#result !== null) return;
    await finish(this.clock, Promise.all([this.#running.drain(), this.#running.finished]));
  }

  #pumped() {
    return { clock: this.clock, passed: () => this.#passed(), check: () => this.#check() };
  }

  #passed(): boolean {
    if (this.#running.state !== 'running' || !this.#running.idle) return false;
    const caughtUp = new Set(this.#connection.readers.filter((reader) => reader.caughtUp).map(({ name }) => name));
    return caughtUp.size === this.#partitions;
  }

  #check(): void {
    if (this.#result === null) return;
    if (this.#result.error !== null) throw this.#failure();
    throw new HeadraceError('DRIVER_STOPPED', 'The topology was stopped: nothing passes through it any more.');
  }

  #failure(): HeadraceError {
    this.#told = true;
    return this.#result?.error ?? new HeadraceError('RUN_FAILED', 'The topology failed without saying why.');
  }

  /** Returns the source that records for `to` are read by: its encodings are those of what is sent. */
  source(to: NodeId): SourceNode {
    const node = this.#tapped.nodes.get(to);
    const source = node?.kind === 'source' ? node : this.#tapped.nodes.get(entranceOf(to));
    if (source?.kind === 'source') return source;
    const what = node === undefined ? 'node' : 'source';
    throw new HeadraceError(
      'UNKNOWN_NODE',
      `There is no ${what} "${to}" in topology "${this.graph.name}"${hint(node, 'inputs')}.`,
    );
  }

  /** Returns the sink that takes what leaves by `from`: its encodings are those of what is read. */
  sink(from: string): SinkNode {
    const { node: id, port } = splitPort(from);
    const node = this.#tapped.nodes.get(from);
    const sink = node?.kind === 'sink' ? node : this.#tapped.nodes.get(exitOf(id, port));
    if (sink?.kind === 'sink') return sink;
    const known = this.#tapped.nodes.get(id);
    const what = known === undefined ? 'node' : 'sink';
    throw new HeadraceError(
      'UNKNOWN_NODE',
      `There is no ${what} "${from}" in topology "${this.graph.name}"${hint(known, 'outputs')}.`,
    );
  }
}

const noModules: ModuleLoader = {
  load: () => Promise.reject(new Error('the option "modules" of the test driver says how files of "$use" are loaded.')),
};

function hint(node: object | undefined, option: string): string {
  return node === undefined ? '' : `: name it in "${option}" of the driver`;
}

function milliseconds(by: number | string): number {
  const ms = typeof by === 'number' ? by : parseDuration(by);
  if (ms !== null) return ms;
  throw new HeadraceError('WRONG_DURATION', `"${by}" is not a duration. Write one such as "10s" or "1h30m".`);
}

function startOf(start: number | string): number {
  const instant = typeof start === 'number' ? start : Date.parse(start);
  if (!Number.isFinite(instant))
    throw new HeadraceError('INVALID_TIME', `"${start}" is not an instant. Write one such as "2026-01-01T00:00:00Z".`);
  return instant;
}

function isList(records: SentRecord | readonly SentRecord[]): records is readonly SentRecord[] {
  return Array.isArray(records);
}

function addCounts(total: CountsByNode, counts: CountsByNode): void {
  for (const [node, ports] of Object.entries(counts)) {
    const into = (total[node] ??= {});
    for (const [port, count] of Object.entries(ports)) into[port] = (into[port] ?? 0) + count;
  }
}
