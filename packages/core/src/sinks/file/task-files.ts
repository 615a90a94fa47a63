import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../component/clock.ts';
import type { Refusal } from '../../component/refusal.ts';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { headersAt } from '../../record/columns.ts';
import type { RecordBatch } from '../../record/record-batch.ts';
import { acceptedRows, type RowCheck } from '../lines.ts';
import type { Claim } from './claim.ts';
import type { FileFormat } from './file-encoder.ts';
import { filesOf, syncFoldersOf } from './file-tree.ts';
import { parsePartName, partName, type FileLayout } from './layout.ts';
import { OpenFile } from './open-file.ts';
import { OpenFiles } from './open-files.ts';
import { partitionFolder } from './partition-folder.ts';
import { cutSingle } from './single-file.ts';
import { writeFailed, type WritePlace } from './write-failed.ts';

/** When files are complete, looked at between epochs; null for no limit. */
export interface RollLimits {
  readonly everyMs: number | null;
  readonly bytes: number | null;
  readonly records: number | null;
}

/** What the files of one task need to know. */
export interface TaskFilesOptions {
  readonly node: string;
  readonly task: string;
  readonly layout: FileLayout;
  /** The names of the folders of values; none where there are no such folders. */
  readonly partitions: readonly string[];
  readonly format: FileFormat;
  /** Says which values cannot be written. */
  readonly check: RowCheck;
  readonly roll: RollLimits;
  readonly clock: Clock;
  /** How many files may be open at once. */
  mostOpen(): number;
}

/** With so many unfinished files they are completed at the end of the epoch, so that values without number do not fill memory. */
const mostUnfinished = 1_000;

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * The files of one task: one for each folder that records go to, completed together, and everything that is done to them is done
 * one after the other.
 */
export class TaskFiles {
  readonly #options: TaskFilesOptions;
  readonly #claim: Claim;
  #queue: Promise<unknown> = Promise.resolve();
  #state: 'idle' | 'writing' | 'failed' = 'idle';
  #failure: unknown = null;
  readonly #open: OpenFiles;
  #waiters: Waiter[] = [];
  /** Whether the epoch under way has rows in the open files. */
  #insideEpoch = false;
  #due = false;
  #cancelTimer: (() => void) | null = null;
  /** How much of the one file is there already, which the next one continues. */
  #keptBytes = 0;

  constructor(options: TaskFilesOptions, claim: Claim) {
    this.#options = options;
    this.#claim = claim;
    this.#open = new OpenFiles(() => options.mostOpen());
  }

  /** Takes away all that lies behind the committed offset, and is then ready to write. */
  begin(offset: number): Promise<void> {
    return this.#next(async () => {
      await this.#abandon(new HeadraceError('SINK_REWOUND', 'The task begins anew.', { place: this.#place }));
      await this.#removeBehind(offset);
      const { single } = this.#options.layout;
      this.#keptBytes = single === null ? 0 : await cutSingle(single, this.#claim, offset, this.#place);
      this.#state = 'writing';
      this.#failure = null;
    });
  }

  /** Appends the rows to the files of their folders, each of which is opened for its first row. */
  write(batch: RecordBatch): Promise<readonly Refusal[]> {
    return this.#next(async () => {
      this.#expectWriting();
      const folders = new Map<number, string>();
      const { rows, values, refusals } = acceptedRows(batch, (value, row) => this.#check(batch, value, row, folders));
      if (rows.length === 0) return refusals;
      await this.#guard(async () => {
        for (const [folder, indices] of byFolder(rows, folders)) {
          const offsets = indices.map((index) => batch.offsets[rows[index] as number] as number);
          const file = await this.#open.use(folder, () => this.#begun(folder, offsets[0] as number));
          this.#insideEpoch = true;
          const added = indices.map((index) => values[index] as Uint8Array);
          await file.write(added, (offsets.at(-1) as number) + 1);
        }
      });
      return refusals;
    });
  }

  /** Ends an epoch; resolves when what it wrote is in a complete file. */
  durable(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#next(async () => {
        this.#expectWriting();
        this.#insideEpoch = false;
        if (this.#open.size === 0) return resolve();
        this.#waiters.push({ resolve, reject });
        if (this.#isFull()) await this.#complete();
      }).catch(reject);
    });
  }

  /** Completes the open files. */
  drain(): Promise<void> {
    return this.#next(async () => {
      if (this.#state === 'idle') return;
      this.#expectWriting();
      this.#insideEpoch = false;
      await this.#complete();
    });
  }

  /** Gives up what is not complete, and takes nothing more until it begins again. */
  discard(): Promise<void> {
    return this.#next(async () => {
      await this.#abandon(new HeadraceError('SINK_DISCARDED', 'The task leaves this sink.', { place: this.#place }));
      this.#state = 'idle';
    });
  }

  get #place(): WritePlace {
    return { node: this.#options.node, task: this.#options.task };
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  #expectWriting(): void {
    if (this.#state === 'writing') return;
    if (this.#state === 'failed') throw this.#failure;
    throw new HeadraceError(
      'SINK_NOT_BEGUN',
      `Task "${this.#options.task}" has not begun at sink "${this.#options.node}".`,
      {
        place: this.#place,
      },
    );
  }

  /** What fails once is not tried again: how much of it reached the disk is not known. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      const { layout } = this.#options;
      const file = this.#open.all().at(-1)?.part.final ?? layout.single ?? path.join(layout.folder, layout.stem);
      this.#failure = writeFailed(thrown, file, this.#place);
      await this.#abandon(this.#failure).catch(() => {});
      this.#state = 'failed';
      throw this.#failure;
    }
  }

  #check(batch: RecordBatch, value: Uint8Array | null, row: number, folders: Map<number, string>) {
    const { check, partitions } = this.#options;
    const fault = check(value, row);
    if (fault !== null || partitions.length === 0) return fault;
    const folder = partitionFolder(partitions, headersAt(batch.headers, row));
    if (folder === null)
      return { code: 'FOLDER_NAME_TOO_LONG', message: 'A value is too long for the name of a folder.' };
    folders.set(row, folder);
    return null;
  }

  async #begun(folder: string, offset: number): Promise<OpenFile> {
    const { layout, task, format } = this.#options;
    const name = partName(layout, this.#claim.generation, task, offset);
    const final = layout.single ?? path.join(layout.folder, folder, name);
    const file = await OpenFile.begin(final, offset, format, layout.single === null ? 0 : this.#keptBytes);
    if (this.#open.size === 0) this.#startTimer();
    return file;
  }

  /** The time of the first file is that of all. */
  #startTimer(): void {
    const { roll, clock } = this.#options;
    this.#due = false;
    if (roll.everyMs === null) return;
    this.#cancelTimer = clock.after(roll.everyMs, () => {
      this.#due = true;
      // A failure is told to those who wait for the files, and to the next write.
      void this.#next(() => (this.#insideEpoch || !this.#due ? Promise.resolve() : this.#complete())).catch(() => {});
    });
  }

  #isFull(): boolean {
    const { bytes, records } = this.#options.roll;
    if (this.#due || this.#open.size >= mostUnfinished) return true;
    if (bytes === null && records === null) return false;
    return this.#open
      .all()
      .some((file) => (bytes !== null && file.part.bytes >= bytes) || (records !== null && file.records >= records));
  }

  async #complete(): Promise<void> {
    if (this.#open.size === 0) return;
    await this.#guard(async () => {
      const { layout } = this.#options;
      for (const file of this.#open.all()) {
        await file.finish();
        // Those that are open are enough until the last is finished.
        if (this.#open.size > this.#options.mostOpen()) await file.part.rest();
      }
      if (layout.single !== null) return this.#publishSingle(this.#open.all()[0] as OpenFile);
      for (const { part } of this.#open.all()) await part.publish(false);
      await syncFoldersOf(
        layout,
        this.#open.all().map(({ part }) => path.relative(layout.folder, part.final)),
      );
    });
    this.#open.takeAll();
    this.#stopTimer();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve();
  }

  async #publishSingle({ part, from, next }: OpenFile): Promise<void> {
    const { task, layout } = this.#options;
    // Said before the file takes its name: if it never does, its length shows that.
    await this.#claim.setSingle({ task, from, bytesFrom: this.#keptBytes, to: next, bytesTo: part.bytes });
    await part.publish(this.#keptBytes > 0);
    await syncFoldersOf(layout, [path.relative(layout.folder, part.final)]);
    this.#keptBytes = part.bytes;
  }

  async #abandon(reason: unknown): Promise<void> {
    this.#stopTimer();
    this.#insideEpoch = false;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
    for (const { part } of this.#open.takeAll()) await part.abandon();
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#due = false;
  }

  async #removeBehind(offset: number): Promise<void> {
    const { layout, task } = this.#options;
    const behind = (await filesOf(layout)).filter((file) => {
      const part = parsePartName(layout, this.#claim.generation, task, path.basename(file));
      return part !== null && (part.unfinished || part.offset >= offset);
    });
    for (const file of behind) await rm(path.join(layout.folder, file), { force: true });
    await syncFoldersOf(layout, behind);
  }
}

/** Gathers the places of rows by their folders, in the order in which those come first. */
function byFolder(rows: readonly number[], folders: ReadonlyMap<number, string>): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [index, row] of rows.entries()) {
    const folder = folders.get(row) ?? '';
    const group = groups.get(folder);
    if (group === undefined) groups.set(folder, [index]);
    else group.push(index);
  }
  return groups;
}
