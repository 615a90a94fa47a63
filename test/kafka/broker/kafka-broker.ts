import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaAvailable } from './availability.ts';
import { startProcess } from './broker-process.ts';
import type { BrokerProcess } from './broker-process.ts';
import { keepFile } from './cache.ts';
import { resolveClassPath } from './class-path.ts';
import { freePort } from './free-port.ts';
import { classArchiveFile, javaArguments } from './java.ts';
import { brokerProperties, type ExtraListener } from './properties.ts';
import { waitUntilReady } from './readiness.ts';
import type { ExpectedBroker } from './readiness.ts';
import { startReaper } from './reaper.ts';
import type { Reaper } from './reaper.ts';
import { lastLines } from './run-command.ts';
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
/** Long enough for Java to write its class archive while the machine is busy. */
const stopPatienceMs = 60_000;
const portAttempts = 3;

/** Starts Apache Kafka and waits until it is ready. The first call on a machine downloads it through Maven. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaBroker> {
  const availability = kafkaAvailable();
  if (!availability.available) throw new Error(`Kafka needs Java 17 and Maven: ${availability.reason}.`);
  const classPath = await resolveClassPath();
  const archive = await classArchiveFile(classPath);
  for (let attempt = 1; ; attempt++) {
    const broker = await prepareBroker(options, classPath, archive);
    try {
      await broker.start();
      return broker;
    } catch (error) {
      await broker.stop();
      const isTaken = error instanceof Error && /Address already in use|BindException/.test(error.message);
      if (!isTaken || options.port !== undefined || attempt === portAttempts) throw error;
    }
  }
}

async function prepareBroker(options: KafkaOptions, classPath: string, archive: string): Promise<OneNode> {
  const port = options.port ?? (await freePort());
  const controllerPort = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'headrace-kafka-'));
  const logDirectory = join(directory, 'log');
  await mkdir(logDirectory);
  const clusterId = await formatStorage(logDirectory, classPath, options.features ?? {});
  const overrides = options.properties ?? {};
  await writeFile(
    join(directory, 'server.properties'),
    brokerProperties({ logDirectory, port, controllerPort, listeners: options.listeners ?? [], overrides }),
  );
  return new OneNode(
    { bootstrap: `127.0.0.1:${port}`, clusterId },
    directory,
    options.keepData ?? false,
    classPath,
    archive,
  );
}

class OneNode implements KafkaBroker {
  readonly bootstrap: string;
  readonly dataDirectory: string;
  readonly ended: Promise<void>;
  readonly #expected: ExpectedBroker;
  readonly #keepData: boolean;
  readonly #classPath: string;
  readonly #archive: string;
  readonly #reaper: Reaper;
  #process: BrokerProcess | null = null;
  /** Where the running process will leave its class archive, if it records one. */
  #recording: string | null = null;
  #stopped = false;
  #settleEnded: () => void = () => {};

  constructor(expected: ExpectedBroker, directory: string, keepData: boolean, classPath: string, archive: string) {
    this.#expected = expected;
    this.bootstrap = expected.bootstrap;
    this.dataDirectory = directory;
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
    this.#keepData = keepData;
    this.#classPath = classPath;
    this.#archive = archive;
    this.#reaper = startReaper(keepData ? null : directory);
  }

  async start(): Promise<void> {
    if (this.#stopped) throw new Error('This Kafka has been stopped; its data is gone.');
    const log = join(this.dataDirectory, 'broker.log');
    const running = startProcess(
      javaArguments(
        this.#classPath,
        ['-Xmx384m', this.#archiveFlag()],
        ['kafka.Kafka', join(this.dataDirectory, 'server.properties')],
      ),
      log,
    );
    this.#reaper.watch(running.pid);
    const problem = await waitUntilReady(this.#expected, readyDeadlineMs, () => running.isRunning());
    if (problem === null) {
      this.#process = running;
      void running.ended.then((how) => this.#hasEnded(running, how));
      return;
    }
    await running.end('SIGKILL', stopPatienceMs);
    this.#reaper.watch(null);
    throw new Error(`Kafka did not start: ${problem}. The end of its log:\n${await this.#logTail()}`);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#end('SIGTERM');
    if (!this.#keepData) await rm(this.dataDirectory, { recursive: true, force: true, maxRetries: 3 });
    this.#reaper.end();
    this.#settleEnded();
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.#end('SIGTERM');
    await this.start();
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (running === null) return;
    const how = await running.end(signal, stopPatienceMs);
    this.#reaper.watch(null);
    if (this.#recording === null) return;
    const recorded = this.#recording;
    this.#recording = null;
    // Best effort: without an archive the next start takes some seconds longer. A killed Java leaves half of one.
    if (how.startsWith('exit code') && existsSync(recorded)) await keepFile(recorded, this.#archive).catch(() => {});
    await rm(recorded, { force: true });
  }

  /** Uses the class archive when there is one; the first broker on a machine records it while it exits. */
  #archiveFlag(): string {
    if (existsSync(this.#archive)) return `-XX:SharedArchiveFile=${this.#archive}`;
    this.#recording = join(this.dataDirectory, 'classes.jsa');
    return `-XX:ArchiveClassesAtExit=${this.#recording}`;
  }

  /** Reports an end that nobody asked for: the suites would only see refused connections. */
  async #hasEnded(ended: BrokerProcess, how: string): Promise<void> {
    if (this.#process !== ended) return;
    this.#process = null;
    this.#reaper.watch(null);
    process.stderr.write(
      `Kafka at ${this.bootstrap} ended by itself (${how}). The end of its log:\n${await this.#logTail()}\n`,
    );
    this.#settleEnded();
  }

  async #logTail(): Promise<string> {
    const log = await readFile(join(this.dataDirectory, 'broker.log'), 'utf8').catch(() => '(there is no log)');
    return lastLines(log, 40);
  }
}
