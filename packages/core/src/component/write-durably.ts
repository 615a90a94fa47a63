import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileFault } from '../errors/file-fault.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { syncFolder } from './durable-folder.ts';

/**
 * Writes a small file so that it is whole, old or new, after a crash at any moment: temporary file, fsync, rename, fsync of the folder.
 * Throws `WRITE_FAILED` with the file's name; then the file is as it was.
 */
export async function writeDurably(file: string, text: string): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new HeadraceError('WRITE_FAILED', `The file "${file}" cannot be written: ${fileFault(cause)}.`, {
      place: { file },
      cause,
    });
  }
}
