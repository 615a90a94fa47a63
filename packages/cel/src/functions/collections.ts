import { BYTES, DYN, INT, TYPE, listOf, mapOf, nullableOf, acceptsNull, type CelType } from '../types/cel-type.ts';
import { joinTypes } from '../types/join-types.ts';
import { nonNull } from '../types/non-null.ts';
import { countEntries } from '../values/own.ts';
import { kindOfValue } from '../values/kind-of-value.ts';
import { TypeValue, typeNameOf } from '../values/type-value.ts';
import { call, method, type Implementation, type KnownArgument, type Overload } from './overload.ts';

const LIST = listOf(DYN);
const MAP = mapOf(DYN, DYN);
const size = { result: INT };
const bytesLength = (bytes: Uint8Array): number => bytes.length;
const listLength = (list: readonly unknown[]): number => list.length;

/** Lists the functions on lists, maps, bytes and values of any type. */
export const collectionFunctions: readonly Overload[] = [
  call('size', { ...size, params: [BYTES], evaluate: bytesLength }),
  call('size', { ...size, params: [LIST], evaluate: listLength }),
  call('size', { ...size, params: [MAP], evaluate: countEntries }),
  method('size', { ...size, params: [BYTES], evaluate: bytesLength }),
  method('size', { ...size, params: [LIST], evaluate: listLength }),
  method('size', { ...size, params: [MAP], evaluate: countEntries }),
  call('coalesce', { params: [DYN], variadic: true, result: firstPresent, evaluate: coalesce }),
  call('type', {
    params: [DYN],
    result: TYPE,
    evaluate: typeOfValue,
    specialise: typeOf,
  }),
];

// The result is null only where every argument may be.
function firstPresent(args: readonly CelType[]): CelType {
  const joined = args.map(nonNull).reduce((a, b) => joinTypes(a, b), nonNull({ kind: 'null' }));
  return args.every(acceptsNull) ? nullableOf(joined) : joined;
}

function coalesce(...values: unknown[]): unknown {
  for (const value of values) if (value !== null && value !== undefined) return value;
  return null;
}

function typeOf([argument]: readonly KnownArgument[]): Implementation {
  const type = argument?.type ?? DYN;
  if (type.kind === 'dyn') return typeOfValue;
  const known = TypeValue.of(typeNameOf(nonNull(type)));
  const none = TypeValue.of('null_type');
  if (type.kind === 'null') return () => none;
  return type.kind === 'nullable' ? (value) => ((value ?? null) === null ? none : known) : () => known;
}

function typeOfValue(value: unknown): TypeValue {
  const kind = kindOfValue(value);
  return TypeValue.of(kind === 'null' ? 'null_type' : kind === 'optional' ? 'optional_type' : kind);
}
