import { HeadraceError } from '../../errors/headrace-error.ts';

/** Says where in the topology a file is written. */
export interface WritePlace {
  readonly node: string;
  readonly task: string;
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the quota of the disk is used up',
  EIO: 'the device reports an error',
  EACCES: 'permission is denied',
  EROFS: 'the file system is read-only',
  EMFILE: 'this process has too many files open',
  EEXIST: 'another writer has made it in the meantime',
};

/** Wraps what a file system reports; trying again in the same run does not help. */
export function writeFailed(cause: unknown, file: string, place: WritePlace): HeadraceError {
  if (cause instanceof HeadraceError) return cause;
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? '';
  const reason = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
  const message = `The file "${file}" of sink "${place.node}" cannot be written: ${reason}.`;
  return new HeadraceError('WRITE_FAILED', message, { place: { ...place, file }, cause });
}
