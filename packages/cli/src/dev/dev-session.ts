import type { DevCluster } from './dev-cluster.ts';
import type { CheckedVersion, CheckRequest, FromWorker, InjectRequest, RefusedVersion } from './messages.ts';
import type { Screen } from './screen.ts';
import { WatchedFiles } from './watched-files.ts';
import { WorkerProcess } from './worker-process.ts';

const graceMs = 3000;

/** What a session is made of. */
export interface DevSessionOptions {
  /** What every version is checked by, but for the nodes that were sent to. */
  readonly request: Omit<CheckRequest, 'kind' | 'entrances'>;
  readonly cluster: DevCluster;
  readonly screen: Screen;
  readonly feeds: boolean;
  /** Gives the address of the schema registry of `dev`, which it starts at the first call; null for a real one. */
  readonly registry: () => Promise<string | null>;
}

interface RunningVersion {
  readonly worker: WorkerProcess;
  readonly checked: CheckedVersion;
  readonly number: number;
}

/** Runs a topology, and the next version of it whenever its files change and are right. */
export class DevSession {
  /** Resolves when the first version cannot be mended by another content of its files. */
  readonly hopeless: Promise<void>;
  readonly #options: DevSessionOptions;
  readonly #watched = new WatchedFiles((files) => this.#change(files));
  readonly #entrances = new Set<string>();
  #waiting: InjectRequest[] = [];
  #current: RunningVersion | null = null;
  #next: WorkerProcess | null = null;
  #versions = 0;
  #reloading: Promise<void> | null = null;
  #leaving: Promise<void> = Promise.resolve();
  #isStale = false;
  #isEnding = false;
  #giveUp: () => void = () => {};

  constructor(options: DevSessionOptions) {
    this.#options = options;
    this.hopeless = new Promise((resolve) => {
      this.#giveUp = resolve;
    });
  }

  /** Checks the topology as it is now, and puts it in the place of what runs where it is right. */
  reload(): Promise<void> {
    this.#isStale = true;
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = null;
    });
    return this.#reloading;
  }

  /** Sends a record to what runs. */
  inject(request: InjectRequest): void {
    if (this.#current !== null) this.#current.worker.send(request);
    else if (this.#reloading !== null) this.#waiting.push(request);
    // Sources that end have ended: it starts anew with an entrance, which does not end.
    else if (this.#versions > 0 && !this.#entrances.has(request.to)) this.#enter(request);
    else this.#say('nothing runs that could take it', true);
  }

  /** Feeds the samples once more. */
  feed(): void {
    if (this.#current === null) this.#say('nothing runs that could take them', true);
    else this.#current.worker.send({ kind: 'feed' });
  }

  /** Lets what runs deliver what it has taken, and ends. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#watched.close();
    this.#next?.kill();
    await this.#reloading;
    if (this.#options.request.isReal && this.#current === null && this.#versions > 0) await this.#forget();
    else await this.#drain(this.#options.request.isReal);
    await this.#leaving;
  }

  async #reload(): Promise<void> {
    while (this.#isStale && !this.#isEnding) {
      this.#isStale = false;
      await this.#try();
    }
  }

  async #try(): Promise<void> {
    const since = Date.now();
    const { worker, answer } = await this.#check();
    this.#next = null;
    if (answer === null || this.#isEnding) return worker.kill();
    if (answer.kind === 'refused') {
      this.#options.screen.show({ kind: 'refused', findings: answer.findings, keeps: this.#current?.number ?? null });
      if (!answer.mayMend && this.#versions === 0) return this.#giveUp();
      return this.#watched.set(answer.files, since);
    }
    if (answer.warnings.length > 0) this.#options.screen.show({ kind: 'warnings', findings: answer.warnings });
    await this.#drain();
    await this.#leaving;
    await this.#run(worker, answer);
    this.#watched.set(answer.files, since);
  }

  /** Starts a process for what the files say now; its answer is null where it ended without one. */
  async #check(): Promise<{ worker: WorkerProcess; answer: CheckedVersion | RefusedVersion | null }> {
    let answered: (answer: CheckedVersion | RefusedVersion | null) => void = () => {};
    const answer = new Promise<CheckedVersion | RefusedVersion | null>((resolve) => {
      answered = resolve;
    });
    const worker = new WorkerProcess(
      (message) => {
        if (message.kind === 'checked' || message.kind === 'refused') answered(message);
        else this.#take(worker, message, answered);
      },
      (text) => this.#options.screen.show({ kind: 'printed', text }),
    );
    this.#next = worker;
    void worker.exited.then(() => answered(null));
    worker.send({ kind: 'check', ...this.#options.request, entrances: [...this.#entrances] });
    return { worker, answer: await answer };
  }

  async #run(worker: WorkerProcess, checked: CheckedVersion): Promise<void> {
    const { cluster, screen, feeds, request } = this.#options;
    const made = cluster.create(checked.topics);
    if (made.length > 0) screen.show({ kind: 'topics', topics: made });
    const registry = checked.hasRegistry ? await this.#options.registry() : null;
    const version = { worker, checked, number: ++this.#versions };
    this.#current = version;
    void worker.exited.then(() => {
      if (this.#current === version) this.#current = null;
    });
    const seed = version.number;
    worker.send({ kind: 'run', feed: feeds ? made : [], makeUp: feeds && !request.isReal, registry, seed });
  }

  async #drain(forget = false): Promise<void> {
    const { worker, checked } = this.#current ?? {};
    if (worker !== undefined && checked !== undefined) await worker.drain(checked.drainTimeoutMs + graceMs, forget);
    this.#current = null;
  }

  /** Deletes the group of a version that has ended by itself. */
  async #forget(): Promise<void> {
    const { worker, answer } = await this.#check();
    if (answer?.kind === 'checked') return worker.drain(answer.drainTimeoutMs + graceMs, true);
    const { groupSuffix } = this.#options.request;
    this.#say(`the group that ends with "${groupSuffix ?? ''}" is left, since the topology cannot be read`, true);
  }

  #take(worker: WorkerProcess, message: FromWorker, answered: (answer: null) => void): void {
    const { screen } = this.#options;
    switch (message.kind) {
      case 'started':
        return this.#started(worker);
      case 'needsEntrance':
        return this.#enter(message.again);
      case 'ended':
        answered(null);
        // It takes nothing any more, and holds what it has open until it is gone.
        this.#leaving = worker.exited;
        if (this.#current?.worker === worker) this.#current = null;
        // A version that goes for another has nothing to say.
        if (this.#isEnding || this.#reloading === null || message.error !== null)
          screen.show({ kind: 'ended', error: message.error, summary: message.summary });
        if (!this.#isEnding && this.#reloading === null) this.#say('waiting for a change, or for what you send', false);
        return;
      case 'said':
        return message.text === '' ? undefined : screen.show(message);
      case 'checked':
      case 'refused':
        return;
      default:
        return screen.show(message);
    }
  }

  #started(worker: WorkerProcess): void {
    const { checked, number } = this.#current ?? {};
    if (checked === undefined || number === undefined) return;
    this.#options.screen.show({ kind: 'running', topology: checked.name, version: number, notes: checked.notes });
    for (const request of this.#waiting) worker.send(request);
    this.#waiting = [];
  }

  /** Starts anew with an entrance before a node, and sends the record then. */
  #enter(request: InjectRequest): void {
    this.#waiting.push(request);
    if (this.#entrances.has(request.to)) return;
    this.#entrances.add(request.to);
    void this.reload();
  }

  #change(files: readonly string[]): void {
    if (this.#isEnding) return;
    this.#options.screen.show({ kind: 'changed', files });
    void this.reload();
  }

  #say(text: string, isError: boolean): void {
    this.#options.screen.show({ kind: 'said', text, isError });
  }
}
