import { closeSync, openSync, readSync } from 'node:fs';
import { HeadraceError } from '@headrace/core';

/** A sample is what stands at the start of a file: no more is looked at. */
const sampleBytes = 32 << 20;

/** Reads the start of a file as text, whole lines; throws FILE_NOT_FOUND. */
export function readSample(file: string): string {
  const buffer = Buffer.allocUnsafe(sampleBytes);
  let length = 0;
  try {
    const handle = openSync(file, 'r');
    try {
      for (let read = -1; read !== 0 && length < sampleBytes; length += read) {
        read = readSync(handle, buffer, length, sampleBytes - length, null);
      }
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw new HeadraceError('FILE_NOT_FOUND', `The sample "${file}" cannot be read.`, {
      place: { file },
      cause: error,
    });
  }
  const end = length < sampleBytes ? length : buffer.lastIndexOf(0x0a, length - 1) + 1;
  return buffer.toString('utf8', 0, end).replace(/^\ufeff/, '');
}
