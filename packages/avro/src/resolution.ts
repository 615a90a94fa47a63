import { AvroError, within } from './avro-error.ts';
import { branchName, isTagged } from './branches.ts';
import { MAX_RESOLUTION_STEPS } from './limits.ts';
import { namesMatch, rankBranches } from './matching.ts';
import { readArray, readEnum, readMap, readTagged, readUnion } from './read-complex.ts';
import { readPlain } from './read-plain.ts';
import { readRecord } from './read-record.ts';
import type { Read } from './reader.ts';
import type { RecordSchema, Schema, UnionSchema } from './schema.ts';
import { compileSkip, type Skip } from './skip.ts';

/** Holds what a resolution has found so far. */
interface Resolution {
  /** Functions of pairs of records, found before they are complete: records may contain themselves. */
  readonly records: { writer: RecordSchema; reader: RecordSchema; read: Read }[];
  readonly byWriter: Map<RecordSchema, Map<RecordSchema, Read>>;
  readonly skips: Map<Schema, Skip>;
  steps: number;
}

/**
 * Builds the function that reads what `writer` wrote as values of `reader` (Avro 1.12, "Schema Resolution").
 * Throws RESOLUTION_FAILED where no datum could be read; a pair that fits for some data only fails at the datum.
 */
export function resolve(writer: Schema, reader: Schema): Read {
  return resolvePair(writer, reader, { records: [], byWriter: new Map(), skips: new Map(), steps: 0 });
}

function resolvePair(writer: Schema, reader: Schema, resolution: Resolution): Read {
  if (++resolution.steps > MAX_RESOLUTION_STEPS) throw new AvroError('RESOLUTION_FAILED', 'the schemas are too large');
  if (writer.kind === 'union') return resolveWriterUnion(writer, reader, resolution);
  if (reader.kind === 'union') return resolveReaderUnion(writer, reader, resolution);
  if (writer.kind === 'array' && reader.kind === 'array') {
    return readArray(writer.items, inPart('[]', writer.items, reader.items, resolution));
  }
  if (writer.kind === 'map' && reader.kind === 'map') {
    return readMap(writer.values, inPart('[]', writer.values, reader.values, resolution));
  }
  if (writer.kind === 'record' && reader.kind === 'record') return resolveRecord(writer, reader, resolution);
  if (writer.kind === 'enum' && reader.kind === 'enum') {
    if (!namesMatch(writer, reader)) return refuse(writer, reader);
    return readEnum(writer, reader);
  }
  return readPlain(writer, reader) ?? refuse(writer, reader);
}

function inPart(step: string, writer: Schema, reader: Schema, resolution: Resolution): Read {
  try {
    return resolvePair(writer, reader, resolution);
  } catch (error) {
    throw within(step, error);
  }
}

function resolveRecord(writer: RecordSchema, reader: RecordSchema, resolution: Resolution): Read {
  const before = resolution.byWriter.get(writer)?.get(reader);
  if (before !== undefined) return before;
  let complete: Read | null = null;
  const read: Read = (source) => (complete as Read)(source);
  remember(writer, reader, read, resolution);
  complete = readRecord(writer, reader, {
    read: (source, target) => resolvePair(source, target, resolution),
    skip: (source) => compileSkip(source, resolution.skips),
  });
  remember(writer, reader, complete, resolution);
  return complete;
}

function remember(writer: RecordSchema, reader: RecordSchema, read: Read, resolution: Resolution): void {
  const readers = resolution.byWriter.get(writer) ?? new Map<RecordSchema, Read>();
  resolution.byWriter.set(writer, readers.set(reader, read));
  resolution.records.push({ writer, reader, read });
}

/** Tries a pair; what was found on the way to a failure is forgotten, since it may rest on the failed pair. */
function attempt(writer: Schema, reader: Schema, resolution: Resolution): Read | AvroError {
  const mark = resolution.records.length;
  try {
    return resolvePair(writer, reader, resolution);
  } catch (error) {
    if (!(error instanceof AvroError) || resolution.steps > MAX_RESOLUTION_STEPS) throw error;
    for (const found of resolution.records.splice(mark)) resolution.byWriter.get(found.writer)?.delete(found.reader);
    return error;
  }
}

function resolveWriterUnion(writer: UnionSchema, reader: Schema, resolution: Resolution): Read {
  const attempts = writer.branches.map((branch) => attempt(branch, reader, resolution));
  const failures = attempts.filter((result) => result instanceof AvroError);
  const [failure] = failures;
  if (failure !== undefined && failures.length === attempts.length) throw failure;
  return readUnion(attempts.map((result) => (result instanceof AvroError ? failWith(result) : result)));
}

function failWith({ detail, path }: AvroError): Read {
  return () => {
    throw new AvroError('RESOLUTION_FAILED', detail, path);
  };
}

function resolveReaderUnion(writer: Schema, reader: UnionSchema, resolution: Resolution): Read {
  resolution.steps += reader.branches.length;
  let failure: AvroError | null = null;
  for (const branch of rankBranches(writer, reader)) {
    const result = attempt(writer, branch, resolution);
    if (!(result instanceof AvroError)) {
      return branch.kind === 'null' || !isTagged(reader) ? result : readTagged(branchName(branch), result);
    }
    failure ??= result;
  }
  throw failure ?? mismatch(writer, reader);
}

function refuse(writer: Schema, reader: Schema): never {
  throw mismatch(writer, reader);
}

function mismatch(writer: Schema, reader: Schema): AvroError {
  return new AvroError('RESOLUTION_FAILED', `the writer's ${nameOf(writer)} cannot be read as ${nameOf(reader)}`);
}

function nameOf(schema: Schema): string {
  if (schema.kind === 'union') return 'union';
  const name = branchName(schema);
  const logical = 'logical' in schema && schema.logical !== undefined ? ` (${schema.logical.type})` : '';
  return (name === schema.kind ? name : `${schema.kind} "${name}"`) + logical;
}
