import { findCoordinatorApi } from '@headrace/protocol';
import { askNode } from '../ask-node.ts';
import { waitUntil } from '../wait-until.ts';
import { waitForAllInSync } from './cluster-state.ts';
import { isPortTaken, nodeRuntime } from './kafka-broker.ts';
import { freePort } from './free-port.ts';
import { NodeProcess, type NodeRuntime } from './node-process.ts';
import { brokerProperties } from './properties.ts';
import { waitUntilReady, type ExpectedBroker } from './readiness.ts';
import { formatStorage } from './storage.ts';

/** One node of a cluster. */
export interface ClusterNode {
  /** 1, 2 or 3. */
  readonly id: number;
  /** `127.0.0.1:<port>`: the same for its whole life. */
  readonly address: string;
  readonly isRunning: boolean;
  /** Starts it after an end, on the same address and data, and waits until it serves. */
  start(): Promise<void>;
  /** Ends it in order: it hands its leaderships over first. The data stays. */
  end(): Promise<void>;
  /** Ends it by SIGKILL. The data stays. */
  kill(): Promise<void>;
  /** Keeps its process from running, without ending it, until `resume`. */
  pause(): void;
  resume(): void;
}

/** A running Apache Kafka of three nodes: three replicas of everything, two of which must hold a record before it is acknowledged. */
export interface KafkaCluster {
  /** The addresses of all nodes, separated by commas. */
  readonly bootstrap: string;
  readonly nodes: readonly ClusterNode[];
  node(id: number): ClusterNode;
  /** Starts what does not run, resumes what is paused, and waits until every node lists all. */
  heal(): Promise<void>;
  /** Ends all nodes for good and deletes their data. */
  stop(): Promise<void>;
}

/** What may be chosen about a cluster. */
export interface ClusterOptions {
  /** Properties of Kafka, on every node, that replace or join those of `properties.ts`. */
  readonly properties?: Readonly<Record<string, string>>;
}

const ids = [1, 2, 3] as const;
const readyDeadlineMs = 180_000;
const portAttempts = 3;

/** Starts three nodes of Apache Kafka, each broker and controller, and waits until every one lists all. */
export async function startKafkaCluster(options: ClusterOptions = {}): Promise<KafkaCluster> {
  const runtime = await nodeRuntime();
  for (let attempt = 1; ; attempt++) {
    const cluster = await prepareCluster(runtime, options);
    try {
      await cluster.heal();
      await createOwnTopics(cluster);
      return cluster;
    } catch (error) {
      await cluster.stop();
      if (!isPortTaken(error) || attempt === portAttempts) throw error;
    }
  }
}

/** Has Kafka make its own topics while all nodes run: three replicas need three nodes. */
async function createOwnTopics({ nodes, bootstrap }: ThreeNodes): Promise<void> {
  const [node] = nodes;
  for (const keyType of [0, 1])
    await waitUntil(
      () => askNode(node?.address ?? '', findCoordinatorApi, 3, { key: 'any', keyType }),
      ({ errorCode }) => errorCode === 0,
      { what: 'there is a coordinator' },
    );
  await waitForAllInSync(bootstrap, ['__consumer_offsets', '__transaction_state']);
}

async function prepareCluster(runtime: NodeRuntime, { properties = {} }: ClusterOptions): Promise<ThreeNodes> {
  const ports = new Set<number>();
  while (ports.size < 2 * ids.length) ports.add(await freePort());
  const free = [...ports];
  const placed = ids.map((id, index) => ({
    id,
    port: free[index] ?? 0,
    controllerPort: free[ids.length + index] ?? 0,
  }));
  const voters = placed.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(',');
  let clusterId: string | undefined;
  const nodes: Node[] = [];
  for (const { id, port, controllerPort } of placed) {
    const fill = async (logDirectory: string): Promise<string> => {
      const own = clusterId === undefined ? { node: id } : { node: id, clusterId };
      clusterId = await formatStorage(logDirectory, runtime.classPath, own);
      const overrides = { ...properties };
      return brokerProperties({
        logDirectory,
        port,
        controllerPort,
        node: id,
        voters,
        replicas: ids.length,
        overrides,
      });
    };
    const process = await NodeProcess.prepare(runtime, fill);
    nodes.push(new Node(id, { bootstrap: `127.0.0.1:${port}`, clusterId: clusterId ?? '', nodes: [id] }, process));
  }
  return new ThreeNodes(nodes);
}

class Node implements ClusterNode {
  readonly id: number;
  readonly address: string;
  readonly #expected: ExpectedBroker;
  readonly #process: NodeProcess;
  #isPaused = false;

  constructor(id: number, expected: ExpectedBroker, process: NodeProcess) {
    this.id = id;
    this.address = expected.bootstrap;
    this.#expected = expected;
    this.#process = process;
  }

  get isRunning(): boolean {
    return this.#process.isRunning;
  }

  start(nodes: readonly number[] = [this.id]): Promise<void> {
    return this.#process.start(`Node ${this.id} at ${this.address}`, (isRunning) => this.look(nodes, isRunning));
  }

  /** Waits until it lists these nodes. */
  look(nodes: readonly number[], isRunning = () => this.isRunning): Promise<string | null> {
    return waitUntilReady({ ...this.#expected, nodes }, readyDeadlineMs, isRunning);
  }

  end(): Promise<void> {
    this.resume();
    return this.#process.end('SIGTERM');
  }

  kill(): Promise<void> {
    this.#isPaused = false;
    return this.#process.end('SIGKILL');
  }

  pause(): void {
    this.#process.signal('SIGSTOP');
    this.#isPaused = true;
  }

  resume(): void {
    if (this.#isPaused && this.isRunning) this.#process.signal('SIGCONT');
    this.#isPaused = false;
  }

  stop(): Promise<void> {
    this.resume();
    return this.#process.stop();
  }
}

class ThreeNodes implements KafkaCluster {
  readonly nodes: readonly Node[];

  constructor(nodes: readonly Node[]) {
    this.nodes = nodes;
  }

  get bootstrap(): string {
    return this.nodes.map(({ address }) => address).join(',');
  }

  node(id: number): ClusterNode {
    const found = this.nodes.find((node) => node.id === id);
    if (found === undefined) throw new Error(`There is no node ${id}.`);
    return found;
  }

  async heal(): Promise<void> {
    for (const node of this.nodes) node.resume();
    const outcomes = await Promise.allSettled(
      this.nodes.map(async (node) => {
        if (!node.isRunning) return node.start(ids);
        const problem = await node.look(ids);
        if (problem !== null) throw new Error(`Node ${node.id} did not heal: ${problem}.`);
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async stop(): Promise<void> {
    // At once: the last of three would wait in vain for the others to take its leaderships.
    await Promise.all(this.nodes.map((node) => node.kill().then(() => node.stop())));
  }
}
