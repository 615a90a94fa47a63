import { AvroError, within } from '../avro-error.ts';
import { compileRead } from '../read.ts';
import { Reader, type Read } from '../reader.ts';
import { resolve } from '../resolution.ts';
import type { Resolved } from '../resolved.ts';
import type { LongForm, Schema } from '../schema.ts';
import { compileSkip } from '../skip.ts';

/** Reads or checks what lies at a position of a datum that ends at `end`. */
export type ReadAt = (buffer: Uint8Array, at: number, end: number) => unknown;

// Decoding calls nothing of the user's, so that one reader serves all.
const READER = new Reader();

/**
 * Returns the function that reads a value by closures: what generated code calls for values that it leaves to them,
 * and for every value that it doubts, so that both throw the same errors.
 */
export function readAt(resolved: Resolved, path: readonly string[], long: LongForm): ReadAt {
  let read: Read | null = null;
  return (buffer, at, end) => {
    READER.open(buffer, at, end);
    try {
      read ??= compileRead(resolved, long);
      return read(READER);
    } catch (error) {
      throw path.reduceRight((inner: unknown, step) => within(step, inner), error);
    } finally {
      READER.close();
    }
  };
}

/** Returns the function that walks a datum of a schema by closures and throws what is wrong with its structure. */
export function structureError(writer: Schema): (buffer: Uint8Array, start: number, end: number) => Error {
  let walk: Read | null = null;
  return (buffer, start, end) => {
    READER.open(buffer, start, end);
    try {
      walk ??= compileWalk(writer);
      walk(READER);
      READER.expectEnd();
    } finally {
      READER.close();
    }
    return new AvroError(
      'TRUNCATED',
      'generated code refuses a datum that the object codec reads: a fault of Headrace',
    );
  };
}

/** Passes over everything; a record's fields are named in errors. */
function compileWalk(writer: Schema): Read {
  if (writer.kind !== 'record') return compileSkip(writer, new Map());
  return compileRead(resolve(writer, { kind: 'record', name: writer.name, fields: [] }));
}
