import type { CelType, Environment } from '@headrace/cel';
import { buildableRecords } from './buildable-records.ts';
import { celTypeOf } from './cel-type-of.ts';
import { isDynamic, type EdgeType, type ValueType } from './edge-type.ts';

const string: CelType = { kind: 'string' };
const int: CelType = { kind: 'int' };
const none: ReadonlyMap<string, CelType> = new Map();

/** The type of `error` on an error port; known by identity to whoever runs an expression. */
export const failureType: CelType = {
  kind: 'record',
  name: 'error',
  fields: new Map<string, CelType>([
    ['code', string],
    ['message', string],
    ['node', string],
    ['stage', { kind: 'string', symbols: ['decode', 'process', 'deliver'] }],
    ['attempts', int],
  ]),
};

/** The names that stand for themselves where the records of an edge have no field of that name, else need `record.` or `record.value.`. */
const shortForms = ['key', 'value', 'headers', 'timestamp', 'topic', 'partition', 'offset'] as const;

/**
 * Gives the names that expressions may use on an edge and their types: the fields of the value, `record`, `params`, on an error
 * port `error`, the short forms, and `variables`, which hide all others. On a dynamic value every other name is a field.
 * Records that have a name in the value, the key or `schemas` may be built.
 */
export function celEnvironment(
  edge: EdgeType,
  parameters: ReadonlyMap<string, CelType>,
  variables: ReadonlyMap<string, CelType> = none,
  schemas: readonly ValueType[] = [],
): Environment {
  const value = celTypeOf(edge.value);
  const record = recordTypeOf(edge, value);
  const fields = value.kind === 'record' ? value.fields : none;
  const ambiguous = new Map<string, readonly string[]>();
  const names = new Map<string, CelType>(fields);
  for (const name of shortForms) {
    if (fields.has(name) && !variables.has(name)) {
      ambiguous.set(name, [`record.${name}`, `record.value.${name}`]);
      names.delete(name);
    } else names.set(name, record.get(name) as CelType);
  }
  names.set('record', { kind: 'record', name: 'record', fields: record });
  names.set('params', { kind: 'record', name: 'params', fields: parameters });
  if (edge.scope === 'error') names.set('error', failureType);
  for (const [name, type] of variables) names.set(name, type);
  const records = buildableRecords([edge.value, ...(edge.key === null ? [] : [edge.key]), ...schemas]);
  return { variables: names, ambiguous, records, ...(isDynamic(edge.value) ? { fallback: value } : {}) };
}

function recordTypeOf(edge: EdgeType, value: CelType): ReadonlyMap<string, CelType> {
  return new Map<string, CelType>([
    ['key', edge.key === null ? { kind: 'null' } : nullable(celTypeOf(edge.key))],
    ['value', value],
    ['timestamp', { kind: 'timestamp' }],
    ['topic', nullable(string)],
    ['partition', nullable(int)],
    ['offset', int],
    ['headers', { kind: 'map', key: string, value: nullable(string) }],
    ['headerBytes', { kind: 'map', key: string, value: nullable({ kind: 'bytes' }) }],
  ]);
}

// Any record may come without a key, whatever its schema says.
function nullable(of: CelType): CelType {
  return of.kind === 'dyn' || of.kind === 'null' || of.kind === 'nullable' ? of : { kind: 'nullable', of };
}
