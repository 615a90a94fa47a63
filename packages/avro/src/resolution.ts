import { AvroError, within } from './avro-error.ts';
import { branchName, isTagged } from './branches.ts';
import { MAX_RESOLUTION_STEPS } from './limits.ts';
import { namesMatch, rankBranches } from './matching.ts';
import { plainFits } from './read-plain.ts';
import { resolveFields } from './resolve-record.ts';
import type { Resolved, ResolvedRecord } from './resolved.ts';
import type { EnumSchema, RecordSchema, Schema, UnionSchema } from './schema.ts';

/** Holds what a resolution has found so far. */
interface Resolution {
  /** Pairs of records, found before they are complete: records may contain themselves. */
  readonly records: ResolvedRecord[];
  readonly byWriter: Map<RecordSchema, Map<RecordSchema, ResolvedRecord>>;
  steps: number;
}

/**
 * Finds how what `writer` wrote is read as values of `reader` (Avro 1.12, "Schema Resolution").
 * Throws RESOLUTION_FAILED where no datum could be read; a pair that fits for some data only fails at the datum.
 */
export function resolve(writer: Schema, reader: Schema): Resolved {
  return resolvePair(writer, reader, { records: [], byWriter: new Map(), steps: 0 });
}

function resolvePair(writer: Schema, reader: Schema, resolution: Resolution): Resolved {
  if (++resolution.steps > MAX_RESOLUTION_STEPS) throw new AvroError('RESOLUTION_FAILED', 'the schemas are too large');
  if (writer.kind === 'union') return resolveWriterUnion(writer, reader, resolution);
  if (reader.kind === 'union') return resolveReaderUnion(writer, reader, resolution);
  if (writer.kind === 'array' && reader.kind === 'array') {
    return { kind: 'array', writer, item: inPart(writer.items, reader.items, resolution) };
  }
  if (writer.kind === 'map' && reader.kind === 'map') {
    return { kind: 'map', writer, value: inPart(writer.values, reader.values, resolution) };
  }
  if (writer.kind === 'record' && reader.kind === 'record') return resolveRecord(writer, reader, resolution);
  if (writer.kind === 'enum' && reader.kind === 'enum') {
    return namesMatch(writer, reader) ? resolveEnum(writer, reader) : refuse(writer, reader);
  }
  return plainFits(writer, reader) ?? refuse(writer, reader);
}

function inPart(writer: Schema, reader: Schema, resolution: Resolution): Resolved {
  try {
    return resolvePair(writer, reader, resolution);
  } catch (error) {
    throw within('[]', error);
  }
}

function resolveEnum(writer: EnumSchema, reader: EnumSchema): Resolved {
  const known = new Set(reader.symbols);
  const symbols = writer.symbols.map((symbol) => (known.has(symbol) ? symbol : reader.default));
  return { kind: 'enum', writer, reader, symbols };
}

function resolveRecord(writer: RecordSchema, reader: RecordSchema, resolution: Resolution): Resolved {
  const before = resolution.byWriter.get(writer)?.get(reader);
  if (before !== undefined) return before;
  const record: ResolvedRecord = { kind: 'record', writer, reader, steps: [], defaults: [] };
  const readers = resolution.byWriter.get(writer) ?? new Map<RecordSchema, ResolvedRecord>();
  resolution.byWriter.set(writer, readers.set(reader, record));
  resolution.records.push(record);
  return Object.assign(
    record,
    resolveFields(writer, reader, (source, target) => resolvePair(source, target, resolution)),
  );
}

/** Tries a pair; what was found on the way to a failure is forgotten, since it may rest on the failed pair. */
function attempt(writer: Schema, reader: Schema, resolution: Resolution): Resolved | AvroError {
  const mark = resolution.records.length;
  try {
    return resolvePair(writer, reader, resolution);
  } catch (error) {
    if (!(error instanceof AvroError) || resolution.steps > MAX_RESOLUTION_STEPS) throw error;
    for (const found of resolution.records.splice(mark)) resolution.byWriter.get(found.writer)?.delete(found.reader);
    return error;
  }
}

function resolveWriterUnion(writer: UnionSchema, reader: Schema, resolution: Resolution): Resolved {
  const attempts = writer.branches.map((branch) => attempt(branch, reader, resolution));
  const failures = attempts.filter((result) => result instanceof AvroError);
  const [failure] = failures;
  if (failure !== undefined && failures.length === attempts.length) throw failure;
  const branches = attempts.map((result): Resolved =>
    result instanceof AvroError ? { kind: 'failure', detail: result.detail, path: result.path } : result,
  );
  return { kind: 'union', writer, branches };
}

function resolveReaderUnion(writer: Schema, reader: UnionSchema, resolution: Resolution): Resolved {
  resolution.steps += reader.branches.length;
  let failure: AvroError | null = null;
  for (const branch of rankBranches(writer, reader)) {
    const result = attempt(writer, branch, resolution);
    if (!(result instanceof AvroError)) {
      if (branch.kind === 'null' || !isTagged(reader)) return result;
      return { kind: 'tagged', name: branchName(branch), value: result };
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
