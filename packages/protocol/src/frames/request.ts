import { ProtocolError, within } from '../protocol-error.ts';
import type { ApiDefinition, RequestInput, RequestOf } from '../schema/api.ts';
import type { RawTag } from '../schema/field.ts';
import { apiOf } from '../messages/apis.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { isFlexible, messageCodec, readWhole } from '../wire/message-codec.ts';
import { shortLength } from '../wire/length.ts';
import { primitiveCodec } from '../wire/primitive-codec.ts';
import { readTags, tagsSize, writeTags } from '../wire/tags.ts';

/** What stands before a request: header version 1 before the flexible versions of its key, 2 from then on. */
export interface RequestHeader {
  readonly key: number;
  readonly version: number;
  /** A number that the response repeats. */
  readonly correlationId: number;
  readonly clientId: string | null;
  /** Tagged fields of the header that nobody knows yet; absent when there are none. */
  readonly unknownTags?: readonly RawTag[];
}

/** A request as it came: its header, the definition of its key and a place to read its body from. */
export interface RequestFrame {
  readonly header: RequestHeader;
  /** The definition of the key; null for a key that is not described. */
  readonly api: ApiDefinition | null;
  readonly body: ByteReader;
}

const clientIdCodec = primitiveCodec('string', false, true);
const noTags = new Map<number, never>();

/**
 * Writes a request as a frame: a length of 32 bits, the header, the body.
 * Fails with a `ProtocolError` where the version cannot carry the body: a value of a field that it does not have is refused, never dropped.
 */
export function writeRequest<A extends ApiDefinition>(
  api: A,
  header: { readonly version: number; readonly correlationId: number; readonly clientId: string | null },
  body: RequestInput<A>,
): Buffer {
  const codec = messageCodec(api, 'request', header.version);
  const flexible = isFlexible(api, header.version);
  const length = 8 + clientIdCodec.size(header.clientId) + (flexible ? tagsSize(noTags, {}) : 0) + codec.size(body);
  const writer = new ByteWriter(Buffer.allocUnsafe(4 + length));
  writer.int32(length);
  writer.int16(api.key);
  writer.int16(header.version);
  writer.int32(header.correlationId);
  clientIdCodec.write(writer, header.clientId);
  if (flexible) writeTags(writer, noTags, {});
  codec.write(writer, body);
  return writer.buffer;
}

/**
 * Reads the header of a request's frame, its length of 32 bits not included. The body is read with `readRequest`, so that a
 * broker can answer a key or version that it does not speak: then the header ends after the correlation id that it needs.
 */
export function readRequestFrame(frame: Uint8Array): RequestFrame {
  const reader = new ByteReader(frame);
  try {
    const key = reader.int16();
    const version = reader.int16();
    const correlationId = reader.int32();
    const api = apiOf(key);
    const length = shortLength.read(reader);
    const header = { key, version, correlationId, clientId: length === null ? null : reader.text(length) };
    if (api !== null && version <= api.versions[1] && isFlexible(api, version)) readTags(reader, noTags, header);
    return { header, api, body: reader };
  } catch (error) {
    throw within('header', error);
  }
}

/** Reads the body of a request, all of it, as the key that the caller expects. */
export function readRequest<A extends ApiDefinition>(api: A, frame: RequestFrame): RequestOf<A> {
  if (frame.header.key !== api.key)
    throw new ProtocolError('UNKNOWN_KEY', `Key ${frame.header.key} is not ${api.name}.`);
  return readWhole(messageCodec(api, 'request', frame.header.version), frame.body) as RequestOf<A>;
}
