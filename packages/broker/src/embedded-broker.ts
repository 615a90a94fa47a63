import { gunzipSync, gzipSync } from 'node:zlib';
import type { Compressions, Connections } from '@headrace/protocol';
import type { BrokerClock } from './clock/broker-clock.ts';
import { systemClock } from './clock/system-clock.ts';
import { Timers } from './clock/timers.ts';
import { defaultSettings, type BrokerSettings } from './cluster/broker-settings.ts';
import { Cluster } from './cluster/cluster.ts';
import { moveLeader, reassignLeaders } from './cluster/leadership.ts';
import type { Node } from './cluster/nodes.ts';
import { Faults } from './control/faults.ts';
import { FetchSessions } from './handlers/fetch-sessions.ts';
import { Listener } from './server/listener.ts';
import { ProcessConnections, type ProcessConnectionsOptions } from './server/process-connections.ts';
import type { ChannelEnvironment } from './server/request-channel.ts';

/** What the command prints when the broker is ready. */
export const brokerBanner =
  'This broker is for development and tests only: it keeps one copy of everything and checks nobody.';

/** What may be chosen about a broker; nothing need be. */
export interface BrokerOptions extends Partial<BrokerSettings> {
  /** Default: the machine's. */
  readonly clock?: BrokerClock;
  /**
   * Where it keeps what it holds, so that a restart goes on with it; the directory need not be there. Default: nowhere. What a process
   * leaves that ends in any way is there again; nothing is synced, so that a loss of power may cost the newest.
   */
  readonly dataDirectory?: string;
  /** What may be read of compressed batches, to look records up by time, beside gzip. */
  readonly compressions?: Compressions;
  /** Is told of the broker's own failures. Default: they are thrown as uncaught exceptions would be, on a later turn. */
  readonly report?: (error: unknown) => void;
}

/** Where a broker listens. */
export interface ListenOptions {
  /** Default: `127.0.0.1`. Anybody who reaches it may do everything. */
  readonly host?: string;
  /** The port of the first node; the others follow it. Default: any that are free. */
  readonly port?: number;
}

/** A broker inside this process that plays the nodes of a cluster of Kafka, for development and tests only. */
export class EmbeddedBroker {
  /** The rules by which requests and answers go wrong. */
  readonly faults = new Faults();
  readonly #cluster: Cluster;
  readonly #report: (error: unknown) => void;
  readonly #listeners = new Map<number, Listener>();
  readonly #sessions = new Map<number, FetchSessions>();
  readonly #inProcess = new Set<ProcessConnections>();
  #isClosed = false;

  /** Throws a `DataDirectoryError` where the data directory is another broker's, or cannot be read. */
  constructor(options: BrokerOptions = {}) {
    const { clock = systemClock, compressions, report = throwLater, dataDirectory = null, ...settings } = options;
    this.#report = report;
    const all = { ...defaultSettings, ...settings };
    this.#cluster = new Cluster(all, new Timers(clock), { gzip, ...compressions }, dataDirectory);
    for (const { id } of this.#cluster.nodes.all) this.#sessions.set(id, new FetchSessions());
  }

  /** The identity of the cluster, 16 bytes in base64url. */
  get clusterId(): string {
    return this.#cluster.id;
  }

  /** The addresses of the nodes, `127.0.0.1:9092,127.0.0.1:9093`; empty before `listen`. */
  get bootstrap(): string {
    return this.#cluster.nodes.all.flatMap(({ host, port }) => (port > 0 ? [`${host}:${port}`] : [])).join(',');
  }

  /** Opens a port for each node; rejects where one is taken. */
  async listen({ host = '127.0.0.1', port = 0 }: ListenOptions = {}): Promise<void> {
    for (const [index, node] of this.#cluster.nodes.all.entries()) {
      await this.#open(node, host, port === 0 ? 0 : port + index);
    }
  }

  /** Makes a topic. Fails where there is one of this name, and for a name or number that no topic has. */
  createTopic(name: string, partitions: number, config: Readonly<Record<string, string>> = {}): void {
    const own = new Map(Object.entries(config));
    this.#cluster.topics.create({ name, partitions, replicationFactor: -1, config: own });
  }

  /** Tells whether there is a topic of a name: one that a data directory held, or a client has made. */
  hasTopic(name: string): boolean {
    return this.#cluster.topics.get(name) !== undefined;
  }

  /** Returns connections that need no port. */
  connections(options: ProcessConnectionsOptions = {}): Connections {
    const connections = new ProcessConnections(this.#cluster, (node) => this.#environmentOf(node), options);
    this.#inProcess.add(connections);
    return connections;
  }

  /**
   * Ends a node as a crash would: its connections are cut, its port is closed. Partitions that it led go to others of their nodes
   * after `failoverMs`; those that have no other are led by nobody until it is back.
   */
  async kill(node: number, { failoverMs = 0 }: { readonly failoverMs?: number } = {}): Promise<void> {
    const { nodes, topics, clock } = this.#cluster;
    this.#takeDown(node, false);
    const failOver = (): void => reassignLeaders(topics, nodes);
    if (failoverMs > 0) clock.after(failoverMs, failOver);
    else failOver();
    await this.#disconnect(node);
  }

  /**
   * Stops a node in order: its partitions and groups go to other nodes first, and who waits for an answer is told so; then its
   * connections end and its port is closed.
   */
  async stop(node: number): Promise<void> {
    const { nodes, topics, clock } = this.#cluster;
    const nextTurn = (): Promise<void> => new Promise((resolve) => clock.soon(resolve));
    this.#takeDown(node, true);
    reassignLeaders(topics, nodes);
    // Answers that are decided now are written on the next turn, and come a turn later inside the process.
    await nextTurn();
    await this.#listeners.get(node)?.drain();
    await nextTurn();
    await this.#disconnect(node);
  }

  #takeDown(node: number, isOrderly: boolean): void {
    const { nodes, groups } = this.#cluster;
    const coordinated = groups.all().filter(({ id }) => nodes.coordinatorOf(id)?.id === node);
    this.#node(node).isUp = false;
    for (const { id } of coordinated) groups.interrupt(id, isOrderly);
    this.#sessions.get(node)?.clear();
  }

  async #disconnect(node: number): Promise<void> {
    for (const connections of this.#inProcess) connections.cut(node);
    const listener = this.#listeners.get(node);
    this.#listeners.delete(node);
    await listener?.close();
  }

  /** Starts a node again that was ended, on its port. */
  async restart(node: number): Promise<void> {
    const found = this.#node(node);
    if (found.isUp) throw new Error(`Node ${node} is up.`);
    if (found.port > 0) await this.#open(found, found.host, found.port);
    found.isUp = true;
    reassignLeaders(this.#cluster.topics, this.#cluster.nodes);
  }

  /** Cuts the connections to a node; it takes new ones. */
  cutConnections(node: number): void {
    this.#node(node);
    this.#listeners.get(node)?.cut();
    for (const connections of this.#inProcess) connections.cut(node);
  }

  /** Makes a node the leader of a partition. Fails where it cannot lead it. */
  moveLeader(topic: string, partition: number, node: number): void {
    moveLeader(this.#cluster.topics, this.#cluster.nodes, topic, partition, node);
  }

  /** Ends all nodes and connections; what they held is gone, but for what a data directory keeps. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cluster.clock.close();
    await Promise.all([...this.#inProcess].map((connections) => connections.close()));
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()));
    this.#listeners.clear();
    this.#cluster.close();
  }

  async #open(node: Node, host: string, port: number): Promise<void> {
    const { maxRequestBytes } = this.#cluster.settings;
    const options = { ...this.#environmentOf(node.id), node: node.id, host, port, maxRequestBytes };
    const listener = await Listener.open(options);
    this.#listeners.set(node.id, listener);
    node.host = host;
    node.port = listener.port;
  }

  #node(id: number): Node {
    const node = this.#cluster.nodes.get(id);
    if (node === undefined) throw new Error(`There is no node ${id}.`);
    return node;
  }

  #environmentOf(node: number): ChannelEnvironment {
    const sessions = this.#sessions.get(node) as FetchSessions;
    return { cluster: this.#cluster, sessions, faults: this.faults, report: this.#report };
  }
}

const gzip = {
  compress: (records: Uint8Array) => gzipSync(records),
  decompress: (compressed: Uint8Array, maxBytes: number) => gunzipSync(compressed, { maxOutputLength: maxBytes }),
};

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
