import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../component/durable-folder.ts';
import type { FileLayout } from './layout.ts';

/** Returns the names in a folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Lists the names in a layout's folder and, where that is the sink's own, in all folders of values below it, relative to it. */
export async function filesOf({ folder, isTree }: FileLayout): Promise<string[]> {
  if (!isTree) return namesIn(folder);
  const files: string[] = [];
  const folders = [''];
  for (let below = folders.pop(); below !== undefined; below = folders.pop()) {
    for (const entry of await entriesOf(path.join(folder, below))) {
      const at = path.join(below, entry.name);
      // Other folders than `name=value` are none of ours.
      if (!entry.isDirectory()) files.push(at);
      else if (entry.name.includes('=')) folders.push(at);
    }
  }
  return files;
}

/** Writes the folders of files, which are relative to a layout's folder, to the disk. */
export async function syncFoldersOf(layout: FileLayout, files: Iterable<string>): Promise<void> {
  const folders = new Set([...files].map((file) => path.join(layout.folder, path.dirname(file))));
  for (const folder of folders) await syncFolder(folder);
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
