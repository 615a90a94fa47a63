import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DataDirectoryError } from './data-directory-error.ts';
import { lockDirectory } from './directory-lock.ts';
import { OpenFiles } from './open-files.ts';
import { SegmentFiles } from './segment-files.ts';
import { StateLog } from './state-log.ts';

/** The version of what is written; another is refused. */
const format = 1;

interface Stamp {
  readonly headraceBroker: number;
  readonly clusterId: string;
}

/**
 * What a broker keeps on disk: `broker.json` with the version and the identity of the cluster, the `state.log`, and
 * `topics/<id>/<partition>/` with segment files. Nothing is synced: it outlives the process, not a loss of power.
 */
export class DataDirectory {
  readonly clusterId: string;
  readonly journal: StateLog;
  readonly directory: string;
  readonly #files = new OpenFiles();
  readonly #release: () => void;

  /** Opens a directory, or makes it. Throws a `DataDirectoryError` where another process has it or it cannot be understood. */
  constructor(directory: string, makeId: () => string) {
    this.directory = directory;
    try {
      mkdirSync(path.join(directory, 'topics'), { recursive: true });
      this.#release = lockDirectory(directory);
    } catch (error) {
      throw unreadable(directory, 'it cannot be made or written to', error);
    }
    try {
      this.clusterId = this.#stamp(makeId).clusterId;
      this.journal = new StateLog(path.join(directory, 'state.log'));
    } catch (error) {
      this.#release();
      throw unreadable(directory, 'its files cannot be read', error);
    }
  }

  /** Returns the files of a partition. */
  segments(topicId: string, partition: number): SegmentFiles {
    return new SegmentFiles(path.join(this.#folderOf(topicId), `${partition}`), this.#files);
  }

  /** Removes what there is of a topic. */
  removeTopic(topicId: string): void {
    const folder = this.#folderOf(topicId);
    this.#files.closeIn(folder);
    rmSync(folder, { recursive: true, force: true });
  }

  /** Removes what is there of other topics than these. */
  keepTopics(ids: ReadonlySet<string>): void {
    for (const id of readdirSync(this.#folderOf(''))) if (!ids.has(id)) this.removeTopic(id);
  }

  /** Closes all files and gives the lock back. */
  close(): void {
    this.#files.closeIn('');
    this.journal.close();
    this.#release();
  }

  #folderOf(topicId: string): string {
    return path.join(this.directory, 'topics', topicId);
  }

  #stamp(makeId: () => string): Stamp {
    const file = path.join(this.directory, 'broker.json');
    const found = readStamp(file);
    if (found === null) {
      const stamp: Stamp = { headraceBroker: format, clusterId: makeId() };
      writeFileSync(file, `${JSON.stringify(stamp)}\n`);
      return stamp;
    }
    if (found.headraceBroker === format && typeof found.clusterId === 'string') return found as Stamp;
    const version = JSON.stringify(found.headraceBroker) ?? 'none';
    const message = `"${file}" is of format ${version}, and this broker knows format ${format}. Give another directory, or delete this one.`;
    throw new DataDirectoryError('BROKER_DATA_UNREADABLE', file, message);
  }
}

function readStamp(file: string): Partial<Stamp> | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return Object(JSON.parse(text)) as Partial<Stamp>;
  } catch (error) {
    // A crash while the directory was made leaves it empty.
    if (text === '') return null;
    throw error;
  }
}

function unreadable(directory: string, why: string, error: unknown): DataDirectoryError {
  if (error instanceof DataDirectoryError) return error;
  const { message } = error as Error;
  return new DataDirectoryError(
    'BROKER_DATA_UNREADABLE',
    directory,
    `The directory "${directory}" cannot be used, ${why}: ${message}.`,
    error,
  );
}
