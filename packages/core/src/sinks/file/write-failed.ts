import { fileFault } from '../../errors/file-fault.ts';
import { HeadraceError } from '../../errors/headrace-error.ts';

/** Says where in the topology a file is written. */
export interface WritePlace {
  readonly node: string;
  readonly task: string;
}

/** Wraps what a file system reports; trying again in the same run does not help. */
export function writeFailed(cause: unknown, file: string, place: WritePlace): HeadraceError {
  if (cause instanceof HeadraceError) return cause;
  const message = `The file "${file}" of sink "${place.node}" cannot be written: ${fileFault(cause)}.`;
  return new HeadraceError('WRITE_FAILED', message, { place: { ...place, file }, cause });
}
