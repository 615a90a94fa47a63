import type { Clock } from '../component/clock.ts';
import type { CompiledTopology } from '../compile/compile-topology.ts';
import { asHeadraceError } from '../errors/headrace-error.ts';
import type { PlannedSource } from '../plan/topology-plan.ts';
import type { Split, TaskId } from '../record/record-batch.ts';
import type { AssignedSplit } from './assignment.ts';
import type { StoredPosition } from './positions.ts';
import { Task, type TaskHost, type TaskReading } from './task.ts';

/** What the table of tasks needs of its worker. */
export interface TaskTableHost {
  readonly clock: Clock;
  /** What every task gets, but for what the table itself answers. */
  task(): Omit<TaskHost, 'ended' | 'failed' | 'shareBytes'>;
  readonly memoryBytes: number;
  compiled(): CompiledTopology;
  /** Whether new tasks may begin. */
  open(): boolean;
  /** A task is about to begin anew from what is committed. */
  rewound(task: Task): void;
  /** A task has come to the end of its split and is gone. */
  emptied(): void;
  /** Something ends the run; `task` where a task's record is to blame. */
  fail(error: unknown, task?: Task): void;
}

const rewindsWithoutProgress = 3;
const rewindDelayMs = 500;

/** The tasks of a worker: begins them, rewinds them, lets them go. A task begins only after its earlier run is gone. */
export class TaskTable {
  readonly #host: TaskTableHost;
  readonly #tasks = new Map<TaskId, Task>();
  /** The change that is under way for each task. */
  readonly #changes = new Map<TaskId, Promise<void>>();
  readonly #incarnations = new Map<TaskId, number>();
  readonly #splits = new Map<TaskId, readonly Split[]>();
  readonly #rewinds = new Map<TaskId, { offset: number; count: number }>();

  constructor(host: TaskTableHost) {
    this.#host = host;
  }

  get ids(): readonly TaskId[] {
    return [...this.#tasks.keys()];
  }

  get all(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  /** Whether no task runs, begins or ends. */
  get empty(): boolean {
    return this.#tasks.size === 0 && this.#changes.size === 0;
  }

  /** How many tasks are beginning or ending. */
  get changing(): number {
    return this.#changes.size;
  }

  /** Whether nothing is under way in any task. */
  get idle(): boolean {
    return this.#changes.size === 0 && this.all.every((task) => task.idle);
  }

  /** Returns the splits that a task reads. */
  splitsOf(id: TaskId): readonly Split[] {
    return this.#splits.get(id) ?? [];
  }

  /** Returns the tasks of these splits. */
  reading(splits: readonly Split[]): readonly Task[] {
    return this.all.filter((task) => splits.includes(task.assigned.split));
  }

  /** Resolves when no task is beginning or ending. */
  async settled(): Promise<void> {
    await Promise.all(this.#changes.values());
  }

  /** Resolves when these tasks are neither beginning nor ending. */
  async settledOf(ids: readonly TaskId[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#changes.get(id) ?? Promise.resolve()));
  }

  /** Keeps a task from beginning until something else has happened. */
  hold(id: TaskId, until: Promise<unknown>): void {
    void this.#change(id, () => until.then(() => {}));
  }

  /** Begins a task: its sinks first, then its graph, then its reading. */
  begin(assigned: AssignedSplit, at: StoredPosition | null, reading: TaskReading): void {
    const id = taskIdOf(assigned.source, assigned.split);
    void this.#change(id, async () => {
      if (!this.#host.open() || !reading.ours()) return;
      const incarnation = (this.#incarnations.get(id) ?? 0) + 1;
      this.#incarnations.set(id, incarnation);
      this.#splits.set(id, [assigned.split]);
      const parts = { id, incarnation, assigned, reading, committed: at };
      const task = new Task(parts, this.#host.compiled(), this.#taskHost());
      this.#tasks.set(id, task);
      await task.begin();
    });
  }

  /** Forgets the running incarnation of a task and begins again from what is committed. */
  async rewind(id: TaskId): Promise<void> {
    const task = this.#tasks.get(id);
    if (task === undefined) return;
    this.#host.rewound(task);
    await this.discard(task, 'rewind');
    this.begin(task.assigned, task.committed, task.reading);
    await this.#changes.get(id);
  }

  /** Lets a task go: it is stopped at once, and its sinks forget it. */
  async discard(task: Task, reason: string): Promise<void> {
    if (this.#tasks.get(task.id) !== task) return;
    this.#tasks.delete(task.id);
    await this.#change(task.id, () => task.discard(reason));
  }

  #taskHost(): TaskHost {
    return {
      ...this.#host.task(),
      shareBytes: () => this.#host.memoryBytes / Math.max(1, this.#tasks.size),
      ended: (task) => void this.#end(task).catch((error: unknown) => this.#host.fail(error)),
      failed: (task, error) => this.#failed(task, error),
    };
  }

  async #end(task: Task): Promise<void> {
    await task.drain(new AbortController().signal);
    await this.discard(task, 'ended');
    this.#host.emptied();
  }

  /** A passing fault rewinds the task, so long as it gets on in between; anything else ends the run. */
  #failed(task: Task, thrown: unknown): void {
    const error = asHeadraceError(thrown, 'TASK_FAILED', { task: task.id });
    if (this.#tasks.get(task.id) !== task || !this.#host.open()) return;
    if (!error.retryable || !this.#mayRewind(task)) {
      this.#host.fail(error, task);
      return;
    }
    void task.halt().catch((failure: unknown) => this.#host.fail(failure));
    this.#host.clock.after(rewindDelayMs, () => {
      this.rewind(task.id).catch((failure: unknown) => this.#host.fail(failure));
    });
  }

  /** Whether another rewind may help: not where several in a row got nothing committed. */
  #mayRewind(task: Task): boolean {
    const offset = task.committed?.offset ?? -1;
    const before = this.#rewinds.get(task.id);
    const count = before?.offset === offset ? before.count + 1 : 1;
    this.#rewinds.set(task.id, { offset, count });
    return count <= rewindsWithoutProgress;
  }

  #change(id: TaskId, change: () => Promise<void>): Promise<void> {
    const before = this.#changes.get(id) ?? Promise.resolve();
    const after = before.then(change).catch((error: unknown) => this.#host.fail(error));
    this.#changes.set(id, after);
    void after.then(() => {
      if (this.#changes.get(id) === after) this.#changes.delete(id);
    });
    return after;
  }
}

/** Names the task of a split: unique in a topology and the same in every run. */
export function taskIdOf(source: PlannedSource, split: Split): TaskId {
  return `${source.node.id}-${split.replaceAll('/', '-')}`;
}
