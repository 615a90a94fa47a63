import { loadEnvFile } from 'node:process';
import { HeadraceError } from '@headrace/core';

/** Reads a file of environment variables; those that are set stay as they are. Throws `FILE_NOT_FOUND`. */
export function readVariables(file: string): void {
  try {
    loadEnvFile(file);
  } catch (cause) {
    throw new HeadraceError('FILE_NOT_FOUND', `The file of variables "${file}" cannot be read.`, {
      place: { file },
      cause,
    });
  }
}
