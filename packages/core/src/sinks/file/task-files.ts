import { open as openFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../component/clock.ts';
import type { Refusal } from '../../component/refusal.ts';
import { HeadraceError } from '../../errors/headrace-error.ts';
import type { RecordBatch } from '../../record/record-batch.ts';
import { linesOf, oneLine } from '../lines.ts';
import { namesIn, type Claim } from './claim.ts';
import { syncFolder } from './durable-folder.ts';
import { parsePartName, partName, partSuffix, type FileLayout } from './layout.ts';
import { PartFile } from './part-file.ts';
import { writeFailed, type WritePlace } from './write-failed.ts';

/** When a file is complete, looked at between epochs; null for no limit. */
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
  /** What each file begins with; null for nothing. */
  readonly head: Uint8Array | null;
  /** Packs what is written, piece by piece; null for as it is. */
  readonly pack: ((bytes: Uint8Array) => Uint8Array) | null;
  readonly roll: RollLimits;
  readonly clock: Clock;
}

interface OpenFile {
  readonly file: PartFile;
  /** The offset of the first record, and the one after the last. */
  readonly from: number;
  next: number;
  records: number;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** The files of one task: at most one is open, and everything that is done to them is done one after the other. */
export class TaskFiles {
  readonly #options: TaskFilesOptions;
  readonly #claim: Claim;
  #queue: Promise<unknown> = Promise.resolve();
  #state: 'idle' | 'writing' | 'failed' = 'idle';
  #failure: unknown = null;
  #open: OpenFile | null = null;
  #waiters: Waiter[] = [];
  /** Whether the epoch under way has rows in the open file. */
  #insideEpoch = false;
  #due = false;
  #cancelTimer: (() => void) | null = null;
  /** How much of the one file is there already, which the next one continues. */
  #keptBytes = 0;

  constructor(options: TaskFilesOptions, claim: Claim) {
    this.#options = options;
    this.#claim = claim;
  }

  /** Takes away all that lies behind the committed offset, and is then ready to write. */
  begin(offset: number): Promise<void> {
    return this.#next(async () => {
      await this.#abandon(new HeadraceError('SINK_REWOUND', 'The task begins anew.', { place: this.#place }));
      await this.#removeBehind(offset);
      await this.#cutSingle(offset);
      this.#state = 'writing';
      this.#failure = null;
    });
  }

  /** Appends the rows to the open file, which is opened for the first of them. */
  write(batch: RecordBatch): Promise<readonly Refusal[]> {
    return this.#next(async () => {
      this.#expectWriting();
      const { bytes, rows, refusals } = linesOf(batch, oneLine);
      const [first] = rows;
      if (first === undefined) return refusals;
      await this.#guard(async () => {
        const open = (this.#open ??= await this.#begun(batch.offsets[first] as number));
        await open.file.append(this.#packed(bytes));
        open.records += rows.length;
        open.next = (batch.offsets[rows.at(-1) as number] as number) + 1;
        this.#insideEpoch = true;
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
        if (this.#open === null) return resolve();
        this.#waiters.push({ resolve, reject });
        if (this.#isFull(this.#open)) await this.#complete();
      }).catch(reject);
    });
  }

  /** Completes the open file. */
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
      const file = this.#open?.file.final ?? layout.single ?? path.join(layout.folder, layout.stem);
      this.#failure = writeFailed(thrown, file, this.#place);
      await this.#abandon(this.#failure).catch(() => {});
      this.#state = 'failed';
      throw this.#failure;
    }
  }

  async #begun(offset: number): Promise<OpenFile> {
    const { layout, roll, clock, task, head } = this.#options;
    const single = layout.single !== null;
    const final = layout.single ?? path.join(layout.folder, partName(layout, this.#claim.generation, task, offset));
    const file = await PartFile.create(final, single ? this.#keptBytes : 0);
    if (head !== null && file.bytes === 0) await file.append(this.#packed(head));
    this.#due = false;
    if (roll.everyMs !== null) {
      this.#cancelTimer = clock.after(roll.everyMs, () => {
        this.#due = true;
        // A failure is told to those who wait for the file, and to the next write.
        void this.#next(() => (this.#insideEpoch || !this.#due ? Promise.resolve() : this.#complete())).catch(() => {});
      });
    }
    return { file, from: offset, next: offset, records: 0 };
  }

  #packed(bytes: Uint8Array): Uint8Array {
    return this.#options.pack?.(bytes) ?? bytes;
  }

  #isFull({ file, records }: OpenFile): boolean {
    const { roll } = this.#options;
    return (
      this.#due ||
      (roll.bytes !== null && file.bytes >= roll.bytes) ||
      (roll.records !== null && records >= roll.records)
    );
  }

  async #complete(): Promise<void> {
    const open = this.#open;
    if (open === null) return;
    await this.#guard(async () => {
      await open.file.sync();
      if (this.#options.layout.single === null) return open.file.publish(false);
      const { task } = this.#options;
      // Said before the file takes its name: if it never does, its length shows that.
      await this.#claim.setSingle({
        task,
        from: open.from,
        bytesFrom: this.#keptBytes,
        to: open.next,
        bytesTo: open.file.bytes,
      });
      await open.file.publish(this.#keptBytes > 0);
      this.#keptBytes = open.file.bytes;
    });
    this.#open = null;
    this.#stopTimer();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve();
  }

  async #abandon(reason: unknown): Promise<void> {
    this.#stopTimer();
    this.#insideEpoch = false;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
    const open = this.#open;
    this.#open = null;
    await open?.file.abandon();
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#due = false;
  }

  async #removeBehind(offset: number): Promise<void> {
    const { layout, task } = this.#options;
    const names = await namesIn(layout.folder);
    const behind = names.filter((name) => {
      const part = parsePartName(layout, this.#claim.generation, task, name);
      return part !== null && (part.unfinished || part.offset >= offset);
    });
    for (const name of behind) await rm(path.join(layout.folder, name), { force: true });
    if (layout.single !== null) await rm(`${layout.single}${partSuffix}`, { force: true });
    if (behind.length > 0) await syncFolder(layout.folder);
  }

  /**
   * Cuts the one file at the committed offset. Where that lies inside of what was written last, all is kept: records may then
   * come twice, but none is lost.
   */
  async #cutSingle(offset: number): Promise<void> {
    const { layout, task } = this.#options;
    const before = this.#claim.single;
    this.#keptBytes = 0;
    if (layout.single === null || before === null || before.task !== task) return;
    const bytes = offset === 0 ? 0 : offset <= before.from ? before.bytesFrom : before.bytesTo;
    this.#keptBytes = await cutFile(layout.single, bytes, this.#place);
    if (bytes === 0) await this.#claim.setSingle(null);
  }
}

/** Cuts a file to a length and returns that; 0 where somebody took the file away, so that a new one is begun. */
async function cutFile(file: string, bytes: number, place: WritePlace): Promise<number> {
  if (bytes === 0) {
    await rm(file, { force: true });
    return 0;
  }
  const size = (await stat(file).catch(() => null))?.size;
  if (size === undefined) return 0;
  if (size < bytes) {
    const message = `The file "${file}" is shorter than what sink "${place.node}" wrote to it. Restore it, or move it away so that a new one is begun.`;
    throw new HeadraceError('FILE_CHANGED', message, { place: { ...place, file } });
  }
  if (size === bytes) return bytes;
  const handle = await openFile(file, 'r+');
  try {
    await handle.truncate(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return bytes;
}
