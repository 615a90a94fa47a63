import {
  DoubleBox,
  DurationBox,
  Optional,
  TimestampBox,
  TypeValue,
  UintBox,
  check,
  interpreter,
  type CelType,
} from '@headrace/cel';
import type { SpecValue } from './case.ts';
import { NotHere } from './types.ts';

/** Says what a value is, in one form for what the suite expects and what an expression gives: `int 1`, `list [int 1]`. */
export type Told = string;

/** Tells a value of the suite. */
export function tellExpected(value: SpecValue): Told {
  if (value.boolValue !== undefined) return `bool ${String(value.boolValue)}`;
  if (value.int64Value !== undefined) return `int ${BigInt(value.int64Value)}`;
  if (value.uint64Value !== undefined) return `uint ${BigInt(value.uint64Value)}`;
  if (value.doubleValue !== undefined) return tellDouble(Number(value.doubleValue));
  if (value.stringValue !== undefined) return `string ${JSON.stringify(value.stringValue)}`;
  if (value.bytesValue !== undefined) return `bytes ${Buffer.from(value.bytesValue, 'base64').toString('hex')}`;
  if (value.typeValue !== undefined) return `type ${typeName(value.typeValue)}`;
  if (value.listValue !== undefined) return `list [${(value.listValue.values ?? []).map(tellExpected).join(', ')}]`;
  if (value.mapValue !== undefined) {
    return tellMap(
      (value.mapValue.entries ?? []).map(({ key, value: item }) => [key, item].map(tellExpected) as [Told, Told]),
    );
  }
  if (value.objectValue !== undefined) return tellObject(value.objectValue);
  return 'null';
}

function tellDouble(value: number): Told {
  return `double ${Object.is(value, -0) ? '-0' : value}`;
}

function tellMap(entries: readonly (readonly [Told, Told])[]): Told {
  return `map {${entries
    .map(([key, value]) => `${key}: ${value}`)
    .toSorted()
    .join(', ')}}`;
}

function typeName(name: string): string {
  return name.replace('google.protobuf.Timestamp', 'timestamp').replace('google.protobuf.Duration', 'duration');
}

function tellObject(object: NonNullable<SpecValue['objectValue']>): Told {
  const text = String(object.value);
  if (object['@type'].endsWith('google.protobuf.Timestamp')) return `timestamp ${timeOf(`timestamp('${text}')`)}`;
  if (object['@type'].endsWith('google.protobuf.Duration')) return `duration ${timeOf(`duration('${text}')`)}`;
  throw new NotHere(`the message ${object['@type']}`);
}

// Reading of time has tests of its own; here it only makes a number of the suite's text.
function timeOf(source: string): number {
  const { checked } = check(source, { variables: new Map() });
  return interpreter(checked!)(() => null) as number;
}

/** Tells a value of a static type, as an expression holds it. */
export function tell(value: unknown, type: CelType): Told {
  switch (type.kind) {
    case 'dyn':
      return tellOpen(value);
    case 'nullable':
      return (value ?? null) === null ? 'null' : tell(value, type.of);
    case 'optional': {
      const optional = value as Optional;
      return optional.hasValue ? `optional ${tell(optional.value, type.of)}` : 'optional none';
    }
    case 'list':
      return `list [${(value as unknown[]).map((item) => tell(item, type.element)).join(', ')}]`;
    case 'map':
      return tellMap(entriesOf(value as object).map(([key, item]) => [tell(key, type.key), tell(item, type.value)]));
    case 'double':
      return tellDouble(value as number);
    case 'int':
    case 'uint':
      return `${type.kind} ${BigInt(value as number)}`;
    case 'timestamp':
    case 'duration':
      return `${type.kind} ${value as number}`;
    default:
      return tellOpen(value);
  }
}

function entriesOf(value: object): (readonly [unknown, unknown])[] {
  return value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value);
}

function tellOpen(value: unknown): Told {
  if ((value ?? null) === null) return 'null';
  if (value instanceof DoubleBox) return tellDouble(value.value);
  if (value instanceof UintBox) return `uint ${BigInt(value.value)}`;
  if (value instanceof TimestampBox) return `timestamp ${value.value}`;
  if (value instanceof DurationBox) return `duration ${value.value}`;
  if (value instanceof TypeValue) return `type ${value.name}`;
  if (value instanceof Optional) return value.hasValue ? `optional ${tellOpen(value.value)}` : 'optional none';
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return `list [${value.map(tellOpen).join(', ')}]`;
  switch (typeof value) {
    case 'boolean':
      return `bool ${value}`;
    case 'string':
      return `string ${JSON.stringify(value)}`;
    case 'bigint':
      return `int ${value}`;
    case 'number':
      // Only keys of maps that have keys of several types are plain numbers here.
      return `int ${value}`;
    default:
      return tellMap(entriesOf(value as object).map(([key, item]) => [tellOpen(key), tellOpen(item)]));
  }
}

/** Makes a value of the suite one of ours, as a variable of a type gives it. */
export function valueOf(value: SpecValue, type: CelType): unknown {
  const isOpen = type.kind === 'dyn';
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.int64Value !== undefined) return isOpen ? BigInt(value.int64Value) : integer(value.int64Value);
  if (value.uint64Value !== undefined) {
    const exact = integer(value.uint64Value);
    return isOpen ? new UintBox(exact) : exact;
  }
  if (value.doubleValue !== undefined) {
    const exact = Number(value.doubleValue);
    return isOpen ? new DoubleBox(exact) : exact;
  }
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.bytesValue !== undefined) return new Uint8Array(Buffer.from(value.bytesValue, 'base64'));
  if (value.typeValue !== undefined) return TypeValue.of(typeName(value.typeValue));
  if (value.listValue !== undefined) {
    const element: CelType = type.kind === 'list' ? type.element : { kind: 'dyn' };
    return (value.listValue.values ?? []).map((item) => valueOf(item, element));
  }
  if (value.mapValue !== undefined) {
    const [keyType, itemType] =
      type.kind === 'map' ? [type.key, type.value] : ([{ kind: 'string' }, { kind: 'dyn' }] as const);
    const entries = (value.mapValue.entries ?? []).map(
      ({ key, value: item }) => [valueOf(key, keyType), valueOf(item, itemType)] as const,
    );
    return keyType.kind === 'string' ? Object.fromEntries(entries) : new Map(entries);
  }
  if (value.objectValue !== undefined) return timeValueOf(value.objectValue, isOpen);
  return null;
}

function timeValueOf(object: NonNullable<SpecValue['objectValue']>, isOpen: boolean): unknown {
  const [kind, text] = tellObject(object).split(' ') as [string, string];
  const ms = Number(text);
  if (!isOpen) return ms;
  return kind === 'timestamp' ? new TimestampBox(ms) : new DurationBox(ms);
}

function integer(text: string): number | bigint {
  return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
}
