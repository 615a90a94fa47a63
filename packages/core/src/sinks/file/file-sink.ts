import type { Clock } from '../../component/clock.ts';
import type { Refusal } from '../../component/refusal.ts';
import type { Sink, TaskStart } from '../../component/sink.ts';
import { HeadraceError } from '../../errors/headrace-error.ts';
import type { RecordBatch, TaskId } from '../../record/record-batch.ts';
import type { RowCheck } from '../lines.ts';
import { Claim, type ClaimRequest } from './claim.ts';
import type { FileFormat } from './file-encoder.ts';
import { TaskFiles, type RollLimits } from './task-files.ts';

/** What a file sink is made of. */
export interface FileSinkOptions {
  readonly claim: ClaimRequest;
  readonly format: FileFormat;
  readonly check: RowCheck;
  /** The names of the folders of values. */
  readonly partitions: readonly string[];
  readonly roll: RollLimits;
  readonly clock: Clock;
  splitCount(task: TaskId): number;
}

/** How many files the tasks of a sink hold open; those beyond rest until they are written to again. */
const mostOpenFiles = 256;

interface TaskEntry {
  readonly incarnation: number;
  readonly files: TaskFiles;
}

/** Writes records to files that are complete or not there. */
export class FileSink implements Sink {
  readonly #options: FileSinkOptions;
  readonly #tasks = new Map<TaskId, TaskEntry>();
  #claim: Promise<Claim> | null = null;

  constructor(options: FileSinkOptions) {
    this.#options = options;
  }

  async begin(task: TaskId, incarnation: number, at: TaskStart): Promise<void> {
    const { node } = this.#options.claim;
    if (this.#options.splitCount(task) > 1) {
      const message = `Sink "${node}" writes files of tasks that read one split; task "${task}" reads several, which is not built yet.`;
      throw new HeadraceError('NOT_BUILT_YET', message, { place: { node, task } });
    }
    const files = this.#tasks.get(task)?.files ?? (await this.#makeFiles(task));
    this.#tasks.set(task, { incarnation, files });
    const [start] = at.values();
    await files.begin(start?.offset ?? 0);
  }

  async write(batch: RecordBatch, signal: AbortSignal): Promise<readonly Refusal[]> {
    signal.throwIfAborted();
    const entry = this.#tasks.get(batch.task);
    if (entry?.incarnation === batch.incarnation) return entry.files.write(batch);
    throw this.#notBegun(batch.task);
  }

  async durable(task: TaskId, _epoch: number): Promise<void> {
    const entry = this.#tasks.get(task);
    if (entry === undefined) throw this.#notBegun(task);
    await entry.files.durable();
  }

  async drain(task: TaskId): Promise<void> {
    await this.#tasks.get(task)?.files.drain();
  }

  async discard(task: TaskId, incarnation: number): Promise<void> {
    const entry = this.#tasks.get(task);
    if (entry === undefined || entry.incarnation > incarnation) return;
    await entry.files.discard();
  }

  async close(): Promise<void> {
    const entries = [...this.#tasks.values()];
    this.#tasks.clear();
    await Promise.all(entries.map(({ files }) => files.discard()));
  }

  async #makeFiles(task: TaskId): Promise<TaskFiles> {
    const { claim: request, roll, clock, format, check, partitions } = this.#options;
    this.#claim ??= Claim.take(request);
    const claim = await this.#claim;
    // Beside a file of somebody else, ours need names of their own.
    const layout = claim.generation === 0 ? request.layout : { ...request.layout, single: null };
    const mostOpen = (): number => Math.max(1, Math.floor(mostOpenFiles / this.#tasks.size));
    const shared = { roll, clock, format, check, partitions, mostOpen };
    return new TaskFiles({ node: request.node, task, layout, ...shared }, claim);
  }

  #notBegun(task: TaskId): HeadraceError {
    const { node } = this.#options.claim;
    return new HeadraceError('SINK_NOT_BEGUN', `Task "${task}" has not begun at sink "${node}".`, {
      place: { node, task },
    });
  }
}
