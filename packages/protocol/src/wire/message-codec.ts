import { ProtocolError } from '../protocol-error.ts';
import type { ApiDefinition, DataDefinition, VersionRange } from '../schema/api.ts';
import type { Fields } from '../schema/field.ts';
import type { ByteReader } from './byte-reader.ts';
import type { Codec } from './codec.ts';
import { structCodec } from './struct-codec.ts';

const built = new WeakMap<Fields, Map<number, Codec>>();

/** Returns the codec of the requests or the responses of a key in one version; it is built once. */
export function messageCodec(api: ApiDefinition, side: 'request' | 'response', version: number): Codec {
  return codecOf(api.name, api.versions, api[side], version, isFlexible(api, version), side === 'request');
}

/** Returns the codec of a message that stands by itself in one version, the version itself not included. */
export function dataCodec(data: DataDefinition, version: number): Codec {
  return codecOf(data.name, data.versions, data.fields, version, isFlexible(data, version), true);
}

/** Tells whether a version has compact lengths and tagged fields. */
export function isFlexible(definition: { readonly flexible: number | null }, version: number): boolean {
  return definition.flexible !== null && version >= definition.flexible;
}

/** Reads a value that takes all the bytes from the reader's place to its end. */
export function readWhole(codec: Codec, reader: ByteReader): unknown {
  const value = codec.read(reader);
  if (reader.left > 0) throw new ProtocolError('TRAILING_BYTES', `${reader.left} bytes are left after the message.`);
  return value;
}

function codecOf(
  name: string,
  [first, last]: VersionRange,
  fields: Fields,
  version: number,
  flexible: boolean,
  strict: boolean,
): Codec {
  if (!Number.isInteger(version) || version < first || version > last)
    throw new ProtocolError('UNSUPPORTED_VERSION', `${name} has versions ${first} to ${last}, not ${version}.`);
  let versions = built.get(fields);
  if (versions === undefined) built.set(fields, (versions = new Map()));
  let codec = versions.get(version);
  if (codec === undefined) versions.set(version, (codec = structCodec(fields, { version, flexible, strict })));
  return codec;
}
