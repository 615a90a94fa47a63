import { open, rm, stat } from 'node:fs/promises';
import { HeadraceError } from '../../errors/headrace-error.ts';
import type { Claim } from './claim.ts';
import { partSuffix } from './layout.ts';
import type { WritePlace } from './write-failed.ts';

/**
 * Cuts the one file of a sink at the committed offset and returns how many bytes of it stay. Where the offset lies inside of what
 * was written last, all is kept: records may then come twice, but none is lost.
 */
export async function cutSingle(file: string, claim: Claim, offset: number, place: WritePlace): Promise<number> {
  await rm(`${file}${partSuffix}`, { force: true });
  const before = claim.single;
  if (before === null || before.task !== place.task) return 0;
  const bytes = offset === 0 ? 0 : offset <= before.from ? before.bytesFrom : before.bytesTo;
  const kept = await cutFile(file, bytes, place);
  if (bytes === 0) await claim.setSingle(null);
  return kept;
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
  const handle = await open(file, 'r+');
  try {
    await handle.truncate(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return bytes;
}
