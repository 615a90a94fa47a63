import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from './broker-process.ts';
import type { BrokerProcess } from './broker-process.ts';
import { keepFile } from './cache.ts';
import { javaArguments } from './java.ts';
import { startReaper } from './reaper.ts';
import type { Reaper } from './reaper.ts';
import { lastLines } from './run-command.ts';

/** What the virtual machine of a node runs with. */
export interface NodeRuntime {
  readonly classPath: string;
  /** The file of the class archive, which the first node on a machine records. */
  readonly archive: string;
}

/** Looks whether a node that runs is ready: null when it is, else the last thing that was wrong. */
export type LookForReadiness = (isRunning: () => boolean) => Promise<string | null>;

/** Long enough for Java to write its class archive while the machine is busy. */
const stopPatienceMs = 60_000;

/** The directory of a node and the virtual machine over it, which may end and begin again. */
export class NodeProcess {
  /** Holds `server.properties`, `broker.log` and the records in `log`. */
  readonly directory: string;
  /** Settles when it has ended for good: stopped, or gone without being asked. */
  readonly ended: Promise<void>;
  readonly #runtime: NodeRuntime;
  readonly #keepData: boolean;
  readonly #reaper: Reaper;
  #process: BrokerProcess | null = null;
  /** Where the running process will leave its class archive, if it records one. */
  #recording: string | null = null;
  #stopped = false;
  #settleEnded: () => void = () => {};

  private constructor(directory: string, runtime: NodeRuntime, keepData: boolean) {
    this.directory = directory;
    this.#runtime = runtime;
    this.#keepData = keepData;
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
    this.#reaper = startReaper(keepData ? null : directory);
  }

  /** Makes the directory of a node; `fill` formats its log directory and says what stands in its properties file. */
  static async prepare(
    runtime: NodeRuntime,
    fill: (logDirectory: string) => Promise<string>,
    keepData = false,
  ): Promise<NodeProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'headrace-kafka-'));
    const node = new NodeProcess(directory, runtime, keepData);
    await mkdir(node.logDirectory);
    await writeFile(join(directory, 'server.properties'), await fill(node.logDirectory));
    return node;
  }

  get logDirectory(): string {
    return join(this.directory, 'log');
  }

  get isRunning(): boolean {
    return this.#process?.isRunning() ?? false;
  }

  /** Starts the virtual machine and waits until the node is ready; `what` names it in messages. */
  async start(what: string, isReady: LookForReadiness): Promise<void> {
    if (this.#stopped) throw new Error(`${what} has been stopped; its data is gone.`);
    const log = join(this.directory, 'broker.log');
    const main = ['kafka.Kafka', join(this.directory, 'server.properties')];
    const { classPath } = this.#runtime;
    const running = startProcess(javaArguments(classPath, ['-Xmx384m', this.#archiveFlag()], main), log);
    this.#reaper.watch(running.pid);
    this.#process = running;
    const problem = await isReady(() => running.isRunning());
    if (problem === null) {
      void running.ended.then((how) => this.#hasEnded(what, running, how));
      return;
    }
    this.#process = null;
    await running.end('SIGKILL', stopPatienceMs);
    this.#reaper.watch(null);
    throw new Error(`${what} did not start: ${problem}. The end of its log:\n${await this.#logTail()}`);
  }

  /** Sends a signal that does not end the process: SIGSTOP, SIGCONT. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const pid = this.#process?.pid ?? null;
    if (pid === null) throw new Error('The node does not run.');
    process.kill(pid, signal);
  }

  /** Ends the process, unless it is gone. The data stays. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (running === null) return;
    const how = await running.end(signal, stopPatienceMs);
    this.#reaper.watch(null);
    if (this.#recording === null) return;
    const recorded = this.#recording;
    this.#recording = null;
    // Best effort: without an archive the next start takes some seconds longer. A killed Java leaves half of one.
    if (how.startsWith('exit code') && existsSync(recorded))
      await keepFile(recorded, this.#runtime.archive).catch(() => {});
    await rm(recorded, { force: true });
  }

  /** Ends it for good and deletes its data. May be called twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.end('SIGTERM');
    if (!this.#keepData) await rm(this.directory, { recursive: true, force: true, maxRetries: 3 });
    this.#reaper.end();
    this.#settleEnded();
  }

  /** Uses the class archive when there is one; the first node on a machine records it while it exits. */
  #archiveFlag(): string {
    const { archive } = this.#runtime;
    if (existsSync(archive)) return `-XX:SharedArchiveFile=${archive}`;
    this.#recording = join(this.directory, 'classes.jsa');
    return `-XX:ArchiveClassesAtExit=${this.#recording}`;
  }

  /** Reports an end that nobody asked for: the suites would only see refused connections. */
  async #hasEnded(what: string, ended: BrokerProcess, how: string): Promise<void> {
    if (this.#process !== ended) return;
    this.#process = null;
    this.#reaper.watch(null);
    process.stderr.write(`${what} ended by itself (${how}). The end of its log:\n${await this.#logTail()}\n`);
    this.#settleEnded();
  }

  async #logTail(): Promise<string> {
    const log = await readFile(join(this.directory, 'broker.log'), 'utf8').catch(() => '(there is no log)');
    return lastLines(log, 40);
  }
}
