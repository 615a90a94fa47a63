import { access, link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureFolder, syncFolder } from '../component/durable-folder.ts';
import type { Position } from '../component/position.ts';
import { writeDurably } from '../component/write-durably.ts';
import { fileFault } from '../errors/file-fault.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { NodeId, Split } from '../record/record-batch.ts';

/** A position as it is kept, with the number of starts that failed there. */
export interface StoredPosition {
  readonly position: Position;
  readonly offset: number;
  readonly failedStarts: number;
}

const version = 1;

/** Keeps the positions of one source of scope `host` in the state directory: one writer, and files that are whole or absent. */
export class PositionFile {
  readonly #file: string;
  readonly #lock: string;
  readonly #positions: Map<Split, StoredPosition>;

  private constructor(file: string, lock: string, positions: Map<Split, StoredPosition>) {
    this.#file = file;
    this.#lock = lock;
    this.#positions = positions;
  }

  /**
   * Takes the source's lock and reads its positions; where it has none yet, it takes those that it had under the id `before`. Throws
   * `STATE_LOCKED` where another live process has one of them, `STATE_UNREADABLE` where the file is not ours.
   */
  static async open(directory: string, source: NodeId, before?: NodeId): Promise<PositionFile> {
    const folder = path.join(directory, 'positions');
    await ensureFolder(folder).catch((cause: unknown) => {
      const message = `The state directory "${folder}" cannot be made: ${fileFault(cause)}.`;
      throw new HeadraceError('STATE_UNREADABLE', message, { place: { node: source, file: folder }, cause });
    });
    const lock = path.join(folder, `${source}.lock`);
    await takeLock(lock, source);
    const file = path.join(folder, `${source}.json`);
    if (before !== undefined) await takeOver(folder, before, file);
    return new PositionFile(file, lock, await readPositions(file));
  }

  get(split: Split): StoredPosition | undefined {
    return this.#positions.get(split);
  }

  /** The splits that have a position. */
  get splits(): readonly Split[] {
    return [...this.#positions.keys()];
  }

  /** Whether nothing was ever committed here. */
  get empty(): boolean {
    return [...this.#positions.values()].every(({ position }) => position === null);
  }

  /** Forgets all positions, for a run that begins anew. */
  async reset(): Promise<void> {
    this.#positions.clear();
    await rm(this.#file, { force: true });
    await syncFolder(path.dirname(this.#file));
  }

  /** Commits positions: they are on disk when this resolves. */
  async commit(positions: ReadonlyMap<Split, StoredPosition>): Promise<void> {
    for (const [split, position] of positions) this.#positions.set(split, position);
    const text = `${JSON.stringify({ version, splits: Object.fromEntries(this.#positions) }, null, 1)}\n`;
    await writeDurably(this.#file, text);
  }

  async close(): Promise<void> {
    await rm(this.#lock, { force: true });
  }
}

/** Gives the positions of an id that is gone to a file that is not there yet: they have one name or the other, after a crash too. */
async function takeOver(folder: string, before: NodeId, file: string): Promise<void> {
  const old = path.join(folder, `${before}.json`);
  if ((await isThere(file)) || !(await isThere(old))) return;
  const lock = path.join(folder, `${before}.lock`);
  await takeLock(lock, before);
  try {
    await rename(old, file);
    await syncFolder(folder);
  } finally {
    await rm(lock, { force: true });
  }
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function readPositions(file: string): Promise<Map<Split, StoredPosition>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    const message = `The positions in the state directory cannot be read: "${file}": ${fileFault(error)}.`;
    throw new HeadraceError('STATE_UNREADABLE', message, { place: { file }, cause: error });
  }
  try {
    const data = JSON.parse(text) as { version: number; splits: Record<Split, StoredPosition> };
    if (data.version !== version) throw new Error(`version ${String(data.version)}`);
    return new Map(Object.entries(data.splits));
  } catch (cause) {
    throw new HeadraceError(
      'STATE_UNREADABLE',
      'The positions in the state directory cannot be read. Restore the file from a copy, or delete it to start from the beginning.',
      { place: { file }, cause },
    );
  }
}

/** Takes a lock file that holds the owner's process id; it appears with its content, so that nobody sees it empty. */
async function takeLock(lock: string, source: NodeId): Promise<void> {
  const mine = `${lock}.${String(process.pid)}`;
  try {
    await writeFile(mine, String(process.pid), { mode: 0o600 }).catch((cause: unknown) => {
      const message = `The lock of source "${source}" cannot be taken: the file "${mine}" cannot be written: ${fileFault(cause)}.`;
      throw new HeadraceError('WRITE_FAILED', message, { place: { node: source, file: mine }, cause });
    });
    for (let attempt = 0; attempt < 3; attempt++) {
      if (await linked(mine, lock)) return;
      const owner = await readFile(lock, 'utf8').catch(() => '');
      const pid = Number(owner);
      if (Number.isInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid)) {
        throw new HeadraceError(
          'STATE_LOCKED',
          `Another process (pid ${owner}) already reads source "${source}" with this state directory. Stop it, or give this run another "stateDirectory".`,
          {
            place: { node: source, file: lock },
          },
        );
      }
      await removeStale(lock, owner, mine);
    }
  } finally {
    await rm(mine, { force: true });
  }
  throw new HeadraceError('STATE_LOCKED', `The lock of source "${source}" cannot be taken.`, {
    place: { node: source, file: lock },
  });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead owner's lock away; a lock that somebody else took in the meantime is put back. */
async function removeStale(lock: string, owner: string, mine: string): Promise<void> {
  const aside = `${mine}.stale`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== owner) await linked(aside, lock);
  await rm(aside, { force: true });
}

/** Tells whether a process runs. One whose id was taken over by a process of another program counts as alive: the message names it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
