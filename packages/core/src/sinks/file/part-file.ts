import { constants } from 'node:fs';
import { copyFile, link, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { ensureFolder, syncFolder } from './durable-folder.ts';
import { partSuffix } from './layout.ts';

/** A file under its `.part` name, which takes its own name only when everything in it is on the disk. */
export class PartFile {
  readonly final: string;
  readonly #part: string;
  readonly #handle: FileHandle;
  #bytes: number;

  private constructor(final: string, handle: FileHandle, bytes: number) {
    this.final = final;
    this.#part = `${final}${partSuffix}`;
    this.#handle = handle;
    this.#bytes = bytes;
  }

  /** Creates the file; with `keep`, it begins with so many bytes of the complete one. */
  static async create(final: string, keep = 0): Promise<PartFile> {
    const part = `${final}${partSuffix}`;
    await ensureFolder(path.dirname(final));
    if (keep > 0) await copyFile(final, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const handle = await open(part, keep > 0 ? 'a' : 'ax');
    if (keep > 0) await handle.truncate(keep);
    return new PartFile(final, handle, keep);
  }

  /** How long the file is. */
  get bytes(): number {
    return this.#bytes;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#handle.appendFile(bytes);
    this.#bytes += bytes.length;
  }

  /** Writes everything to the disk. */
  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  /** Gives the file its name, durably. Without `replace`, a file that has the name already is an error: it is never overwritten. */
  async publish(replace: boolean): Promise<void> {
    await this.#expectOwn();
    await this.#handle.close();
    if (replace) await rename(this.#part, this.final);
    else await linkOrRename(this.#part, this.final);
    await syncFolder(path.dirname(this.final));
  }

  /** Gives up what was written. */
  async abandon(): Promise<void> {
    const own = await this.#isOwn().catch(() => false);
    await this.#handle.close().catch(() => {});
    if (own) await rm(this.#part, { force: true });
  }

  /** A later run of the task may have removed this file and begun another of the same name, which is not complete. */
  async #expectOwn(): Promise<void> {
    if (await this.#isOwn()) return;
    throw new HeadraceError('WRITE_FAILED', `The file "${this.#part}" was taken away by another run of the task.`, {
      place: { file: this.#part },
    });
  }

  async #isOwn(): Promise<boolean> {
    const [mine, named] = await Promise.all([this.#handle.stat(), stat(this.#part).catch(() => null)]);
    return named !== null && mine.ino === named.ino && mine.dev === named.dev;
  }
}

/** A second name refuses to overwrite, which a rename does not; not every file system has it. */
async function linkOrRename(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
    if (
      await stat(to).then(
        () => true,
        () => false,
      )
    )
      throw Object.assign(new Error('exists'), { code: 'EEXIST' });
    await rename(from, to);
    return;
  }
  await rm(from);
}
