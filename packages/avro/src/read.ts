import { AvroError } from './avro-error.ts';
import { readArray, readEnum, readMap, readTagged, readUnion } from './read-complex.ts';
import { readPlain } from './read-plain.ts';
import { readRecord } from './read-record.ts';
import type { Read } from './reader.ts';
import type { Resolved, ResolvedFailure, ResolvedRecord } from './resolved.ts';
import type { LongForm, Schema } from './schema.ts';
import { compileSkip, type Skip } from './skip.ts';

/** Holds the functions that were built already: records may contain themselves. */
interface Compiled {
  readonly long: LongForm;
  readonly reads: Map<ResolvedRecord, Read>;
  readonly skips: Map<Schema, Skip>;
}

/** Builds the function that reads data as a resolution says; `long` says how longs are held. */
export function compileRead(resolved: Resolved, long: LongForm = 'number'): Read {
  return compile(resolved, { long, reads: new Map(), skips: new Map() });
}

function compile(resolved: Resolved, compiled: Compiled): Read {
  switch (resolved.kind) {
    case 'plain':
      return readPlain(resolved, compiled.long);
    case 'enum':
      return readEnum(resolved);
    case 'array':
      return readArray(resolved.writer.items, compile(resolved.item, compiled));
    case 'map':
      return readMap(resolved.writer.values, compile(resolved.value, compiled));
    case 'record':
      return compileRecord(resolved, compiled);
    case 'union':
      return readUnion(resolved.branches.map((branch) => compile(branch, compiled)));
    case 'tagged':
      return readTagged(resolved.name, compile(resolved.value, compiled));
    case 'failure':
      return failWith(resolved);
  }
}

function compileRecord(record: ResolvedRecord, compiled: Compiled): Read {
  const before = compiled.reads.get(record);
  if (before !== undefined) return before;
  let complete: Read | null = null;
  compiled.reads.set(record, (source) => (complete as Read)(source));
  complete = readRecord(record, {
    long: compiled.long,
    read: (resolved) => compile(resolved, compiled),
    skip: (schema) => compileSkip(schema, compiled.skips),
  });
  compiled.reads.set(record, complete);
  return complete;
}

function failWith({ detail, path }: ResolvedFailure): Read {
  return () => {
    throw new AvroError('RESOLUTION_FAILED', detail, path);
  };
}
