import type { CelType } from '@headrace/cel';
import type { SpecType } from './case.ts';

/** Says that a test needs what the language of topologies does not have, such as messages of protobuf. */
export class NotHere extends Error {}

const primitives: Readonly<Record<string, CelType>> = {
  BOOL: { kind: 'bool' },
  INT64: { kind: 'int' },
  UINT64: { kind: 'uint' },
  DOUBLE: { kind: 'double' },
  STRING: { kind: 'string' },
  BYTES: { kind: 'bytes' },
};
const dyn: CelType = { kind: 'dyn' };

/** Makes a type of the suite one of ours. */
export function typeOf(type: SpecType | undefined): CelType {
  if (type === undefined || 'dyn' in type) return dyn;
  if ('null' in type) return { kind: 'null' };
  if (type.primitive !== undefined) return primitive(type.primitive);
  if (type.wrapper !== undefined) return { kind: 'nullable', of: primitive(type.wrapper) };
  if (type.wellKnown === 'TIMESTAMP' || type.messageType === 'google.protobuf.Timestamp') return { kind: 'timestamp' };
  if (type.wellKnown === 'DURATION' || type.messageType === 'google.protobuf.Duration') return { kind: 'duration' };
  if (type.listType !== undefined) return { kind: 'list', element: typeOf(type.listType.elemType) };
  if (type.mapType !== undefined)
    return { kind: 'map', key: typeOf(type.mapType.keyType), value: typeOf(type.mapType.valueType) };
  if (type.abstractType?.name === 'optional_type')
    return { kind: 'optional', of: typeOf(type.abstractType.parameterTypes?.[0]) };
  throw new NotHere(`the type ${JSON.stringify(type)}`);
}

function primitive(name: string): CelType {
  const type = primitives[name];
  if (type === undefined) throw new NotHere(`the type ${name}`);
  return type;
}
