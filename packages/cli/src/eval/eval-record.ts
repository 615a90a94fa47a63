import { readSchemaFile, type Schema } from '@headrace/avro';
import type { CelType, Environment, Scope } from '@headrace/cel';
import { builtInCodecs, celEnvironment, dynamic, streamEdge, type ValueType } from '@headrace/core';

/** Says what an expression is checked against, and what its names stand for; `scope` is null without a record. */
export interface EvalRecord {
  readonly environment: Environment;
  readonly scope: Scope | null;
}

/**
 * Reads the schema and the record of `headrace eval`. The record is the value of a Kafka-like record without key and headers, of
 * offset 0 and timestamp 0. Throws a coded error where one of the two cannot be read.
 */
export function readEvalRecord(schemaFile: string | undefined, recordText: string | undefined): EvalRecord {
  const schema: Schema | null = schemaFile === undefined ? null : readSchemaFile(schemaFile);
  const type: ValueType = schema ?? dynamic;
  const value = recordText === undefined ? undefined : decode(type, recordText);
  const names = schema === null && isRecord(value) ? Object.keys(value) : [];
  const open = new Map<string, CelType>(names.map((name) => [name, { kind: 'dyn' }]));
  const { fallback, ...closed } = celEnvironment(streamEdge(type), new Map(), open);
  // A record says which names there are, so that a wrong one is found.
  const environment = fallback === undefined || value !== undefined ? closed : { ...closed, fallback };
  return { environment, scope: value === undefined ? null : scopeOf(value) };
}

function decode(schema: ValueType, text: string): unknown {
  const codec = builtInCodecs.find(({ type }) => type === 'json')!;
  const bytes = Buffer.from(text, 'utf8');
  return codec.decoder({ codec: 'json', options: {}, schema })(bytes, 0, bytes.length, 0);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function scopeOf(value: unknown): Scope {
  const record = {
    key: null,
    value,
    timestamp: 0,
    topic: null,
    partition: null,
    offset: 0,
    headers: {},
    headerBytes: {},
  };
  const names = new Map<string, unknown>(Object.entries({ ...record, record, params: {} }));
  return (name) => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : names.get(name));
}
