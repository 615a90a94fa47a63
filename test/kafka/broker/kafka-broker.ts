import { kafkaAvailable } from './availability.ts';
import { resolveClassPath } from './class-path.ts';
import { freePort } from './free-port.ts';
import { classArchiveFile } from './java.ts';
import { NodeProcess, type NodeRuntime } from './node-process.ts';
import { brokerProperties, nodeId, type ExtraListener } from './properties.ts';
import { waitUntilReady } from './readiness.ts';
import type { ExpectedBroker } from './readiness.ts';
import { formatStorage } from './storage.ts';

export { kafkaAvailable };

/** What may be chosen about a broker; nothing need be. */
export interface KafkaOptions {
  /** The port to listen on. Default: a free one. */
  readonly port?: number;
  /** Leaves the data directory behind on `stop`. Default: it is deleted. */
  readonly keepData?: boolean;
  /** Properties of Kafka that replace or join those of `properties.ts`. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Listeners beside the one without security. */
  readonly listeners?: readonly ExtraListener[];
  /** Finalized feature levels that differ from Kafka's defaults, such as `{ 'transaction.version': 0 }`. */
  readonly features?: Readonly<Record<string, number>>;
}

/** A running Apache Kafka of one node. */
export interface KafkaBroker {
  /** Its address, `127.0.0.1:<port>`: the same for its whole life. */
  readonly bootstrap: string;
  /** Holds `server.properties`, `broker.log` and the records in `log`. */
  readonly dataDirectory: string;
  /** Settles when it has ended for good: stopped, or gone without being asked. */
  readonly ended: Promise<void>;
  /** Ends the broker for good and deletes its data. May be called twice, and after `kill`. */
  stop(): Promise<void>;
  /** Ends the process by SIGKILL, as a crash would. The data stays, for `restart`. */
  kill(): Promise<void>;
  /** Ends the process in order, unless it is gone, and starts it on the same address and data. Resolves when it is ready. */
  restart(): Promise<void>;
}

const readyDeadlineMs = 120_000;
const portAttempts = 3;

/** Starts Apache Kafka and waits until it is ready. The first call on a machine downloads it through Maven. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaBroker> {
  const runtime = await nodeRuntime();
  for (let attempt = 1; ; attempt++) {
    const broker = await prepareBroker(options, runtime);
    try {
      await broker.start();
      return broker;
    } catch (error) {
      await broker.stop();
      if (!isPortTaken(error) || options.port !== undefined || attempt === portAttempts) throw error;
    }
  }
}

/** Finds what nodes run with; rejects where Java or Maven is missing. */
export async function nodeRuntime(): Promise<NodeRuntime> {
  const availability = kafkaAvailable();
  if (!availability.available) throw new Error(`Kafka needs Java 17 and Maven: ${availability.reason}.`);
  const classPath = await resolveClassPath();
  return { classPath, archive: await classArchiveFile(classPath) };
}

/** Says whether a node did not start because somebody else took its port first. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof Error && /Address already in use|BindException/.test(error.message);
}

async function prepareBroker(options: KafkaOptions, runtime: NodeRuntime): Promise<OneNode> {
  const { listeners = [], properties: overrides = {}, features = {}, keepData } = options;
  const port = options.port ?? (await freePort());
  const controllerPort = await freePort();
  let clusterId = '';
  const fill = async (logDirectory: string): Promise<string> => {
    clusterId = await formatStorage(logDirectory, runtime.classPath, { features });
    return brokerProperties({ logDirectory, port, controllerPort, listeners, overrides });
  };
  const node = await NodeProcess.prepare(runtime, fill, keepData);
  return new OneNode({ bootstrap: `127.0.0.1:${port}`, clusterId, nodes: [nodeId] }, node);
}

class OneNode implements KafkaBroker {
  readonly bootstrap: string;
  readonly dataDirectory: string;
  readonly ended: Promise<void>;
  readonly #expected: ExpectedBroker;
  readonly #node: NodeProcess;

  constructor(expected: ExpectedBroker, node: NodeProcess) {
    this.#expected = expected;
    this.#node = node;
    this.bootstrap = expected.bootstrap;
    this.dataDirectory = node.directory;
    this.ended = node.ended;
  }

  start(): Promise<void> {
    return this.#node.start(`Kafka at ${this.bootstrap}`, (isRunning) =>
      waitUntilReady(this.#expected, readyDeadlineMs, isRunning),
    );
  }

  stop(): Promise<void> {
    return this.#node.stop();
  }

  kill(): Promise<void> {
    return this.#node.end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.#node.end('SIGTERM');
    await this.start();
  }
}
