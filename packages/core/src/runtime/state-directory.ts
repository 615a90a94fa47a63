import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../component/durable-folder.ts';
import type { NodeId, Split } from '../record/record-batch.ts';
import { PositionFile } from './positions.ts';

/** The names that files of ours have: positions and locks of a source, the note of a sink, and what a crash left of writing one. */
const ours = /^[A-Za-z][A-Za-z0-9_]{0,63}\.(json(\.tmp)?|lock(\.\d+(\.stale)?)?)$/;

/** The state directory of a topology that does not run here: every source that keeps positions in it is locked until `release`. */
export class StateDirectory {
  readonly path: string;
  readonly #sources: ReadonlyMap<NodeId, PositionFile>;
  /** That of bounded runs, which lies inside. */
  readonly #bounded: StateDirectory | null;

  private constructor(directory: string, sources: ReadonlyMap<NodeId, PositionFile>, bounded: StateDirectory | null) {
    this.path = directory;
    this.#sources = sources;
    this.#bounded = bounded;
  }

  /**
   * Locks every source that has positions in a state directory; null where there is no such directory. Throws `STATE_LOCKED` where a
   * live process has one of them, and then holds none; `STATE_UNREADABLE` where positions cannot be read.
   */
  static async lock(directory: string): Promise<StateDirectory | null> {
    if ((await namesIn(directory)) === null) return null;
    const positions = (await namesIn(path.join(directory, 'positions'))) ?? [];
    const sources = new Set(positions.filter((name) => ours.test(name)).map((name) => name.split('.')[0] as string));
    const locked = new Map<NodeId, PositionFile>();
    try {
      for (const source of sources) locked.set(source, await PositionFile.open(directory, source));
      const bounded = await StateDirectory.lock(path.join(directory, 'bounded'));
      return new StateDirectory(directory, locked, bounded);
    } catch (error) {
      for (const file of locked.values()) await file.close();
      throw error;
    }
  }

  /** Returns the splits of a source that have a position. */
  splits(source: NodeId): readonly Split[] {
    return this.#sources.get(source)?.splits ?? [];
  }

  /** The sources that have positions, also those that the topology does not have any more. */
  get sources(): readonly NodeId[] {
    return [...this.#sources].flatMap(([source, { splits }]) => (splits.length > 0 ? [source] : []));
  }

  /** Forgets the positions of a source, so that it begins anew. */
  async forget(source: NodeId): Promise<void> {
    await this.#sources.get(source)?.reset();
  }

  /**
   * Removes all that topologies keep here, that of bounded runs and the locks included, and the directory where nothing else lies in
   * it. Returns whether it is gone.
   */
  async remove(): Promise<boolean> {
    await this.#bounded?.remove();
    for (const folder of ['sinks', 'positions']) {
      const inside = path.join(this.path, folder);
      const names = await namesIn(inside);
      if (names === null) continue;
      for (const name of names) if (ours.test(name)) await rm(path.join(inside, name), { force: true });
      await removeEmpty(inside);
    }
    return removeEmpty(this.path);
  }

  async release(): Promise<void> {
    await this.#bounded?.release();
    for (const file of this.#sources.values()) await file.close();
  }
}

async function namesIn(folder: string): Promise<readonly string[] | null> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function removeEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
  await syncFolder(path.dirname(folder));
  return true;
}
