const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'the file may not become larger',
  EIO: 'the device reports an error',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
  EROFS: 'the file system is read-only',
  EMFILE: 'this process has too many files open',
  EEXIST: 'another writer has made it in the meantime',
};

/** Says in words why a call on a file failed: the second half of a sentence. */
export function fileFault(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? '';
  return reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
