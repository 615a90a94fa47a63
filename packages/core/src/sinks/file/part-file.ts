import { constants } from 'node:fs';
import { copyFile, link, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { ensureFolder } from '../../component/durable-folder.ts';
import { partSuffix } from './layout.ts';

/** What tells one file from another of the same name; the time of birth tells it from one that got the number of a file that was removed. */
interface Identity {
  readonly ino: bigint;
  readonly dev: bigint;
  readonly birthtimeNs: bigint;
}

/** A file under its `.part` name, which takes its own name only when everything in it is on the disk. */
export class PartFile {
  readonly final: string;
  readonly #part: string;
  readonly #identity: Identity;
  /** Null while the file rests. */
  #handle: FileHandle | null;
  #bytes: number;

  private constructor(final: string, handle: FileHandle, identity: Identity, bytes: number) {
    this.final = final;
    this.#part = `${final}${partSuffix}`;
    this.#handle = handle;
    this.#identity = identity;
    this.#bytes = bytes;
  }

  /** Creates the file; with `keep`, it begins with so many bytes of the complete one. */
  static async create(final: string, keep = 0): Promise<PartFile> {
    const part = `${final}${partSuffix}`;
    await ensureFolder(path.dirname(final));
    if (keep > 0) await copyFile(final, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const handle = await open(part, keep > 0 ? 'a' : 'ax');
    try {
      if (keep > 0) await handle.truncate(keep);
      return new PartFile(final, handle, await handle.stat({ bigint: true }), keep);
    } catch (error) {
      await handle.close().catch(() => {});
      throw error;
    }
  }

  /** How long the file is. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it holds one of the handles that a process may have. */
  get isOpen(): boolean {
    return this.#handle !== null;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    const handle = await this.#opened();
    await handle.appendFile(bytes);
    this.#bytes += bytes.length;
  }

  /** Writes everything to the disk. */
  async sync(): Promise<void> {
    await (await this.#opened()).sync();
  }

  /** Gives the handle back; it is opened again when something is written. */
  async rest(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  /**
   * Gives the file its name; durable when its folder is synced after that. Without `replace`, a file that has the name already is
   * an error: it is never overwritten.
   */
  async publish(replace: boolean): Promise<void> {
    await this.#expectOwn();
    await this.rest();
    if (replace) await rename(this.#part, this.final);
    else await linkOrRename(this.#part, this.final);
  }

  /** Gives up what was written. What cannot be removed is removed when the task begins anew. */
  async abandon(): Promise<void> {
    const own = await this.#isOwn().catch(() => false);
    await this.rest().catch(() => {});
    if (own) await rm(this.#part, { force: true }).catch(() => {});
  }

  async #opened(): Promise<FileHandle> {
    if (this.#handle !== null) return this.#handle;
    await this.#expectOwn();
    return (this.#handle = await open(this.#part, 'a'));
  }

  /** A later run of the task may have removed this file and begun another of the same name, which is not complete. */
  async #expectOwn(): Promise<void> {
    if (await this.#isOwn()) return;
    throw new HeadraceError('WRITE_FAILED', `The file "${this.#part}" was taken away by another run of the task.`, {
      place: { file: this.#part },
    });
  }

  async #isOwn(): Promise<boolean> {
    const named = await stat(this.#part, { bigint: true }).catch(() => null);
    const { ino, dev, birthtimeNs } = this.#identity;
    return named !== null && named.ino === ino && named.dev === dev && named.birthtimeNs === birthtimeNs;
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
