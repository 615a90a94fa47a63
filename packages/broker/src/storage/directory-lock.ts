import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DataDirectoryError } from './data-directory-error.ts';

/** The locks of this process, whose id does not tell its brokers apart. */
const held = new Set<string>();

/**
 * Takes the lock of a directory and returns what gives it back. The lock is a file with the id of its process, which appears with its
 * content; one that a dead process left is taken over. Throws where a live process has it.
 */
export function lockDirectory(directory: string): () => void {
  const lock = path.resolve(directory, 'lock');
  if (held.has(lock)) throw lockedBy(directory, process.pid);
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, `${process.pid}`);
  try {
    while (!isLinked(mine, lock)) {
      const owner = ownerOf(lock);
      if (owner !== process.pid && isAlive(owner)) throw lockedBy(directory, owner);
      takeAway(lock, owner, directory);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  held.add(lock);
  return () => {
    held.delete(lock);
    rmSync(lock, { force: true });
  };
}

function isLinked(mine: string, lock: string): boolean {
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Returns the process whose lock it is; 0 where it is gone meanwhile. */
function ownerOf(lock: string): number {
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    return Number.isSafeInteger(owner) && owner > 0 ? owner : 0;
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one as well.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Two that find the lock of a dead process may both take it away: the second looks whose it has, and puts it back. */
function takeAway(lock: string, owner: number, directory: string): void {
  const stale = `${lock}.${process.pid}.stale`;
  try {
    renameSync(lock, stale);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = ownerOf(stale);
  if (taken !== owner) isLinked(stale, lock);
  rmSync(stale, { force: true });
  if (taken !== owner) throw lockedBy(directory, taken);
}

function lockedBy(directory: string, pid: number): DataDirectoryError {
  const message = `Another broker (process ${pid}) uses the directory "${directory}". Stop it, or give this one another.`;
  return new DataDirectoryError('BROKER_DATA_LOCKED', directory, message);
}
