import { closeSync, openSync, readSync } from 'node:fs';
import { SchemaError } from '@headrace/avro';

/** A sample is what stands at the start of a file: no more is looked at. */
const sampleBytes = 32 << 20;

/** Reads the start of a file as text, whole lines; throws SchemaError NOT_FOUND. */
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
    throw new SchemaError('NOT_FOUND', '', `The sample cannot be read: ${(error as Error).message}.`, error);
  }
  const end = length < sampleBytes ? length : buffer.lastIndexOf(0x0a, length - 1) + 1;
  return buffer.toString('utf8', 0, end).replace(/^\ufeff/, '');
}
