import { ProtocolError, within } from '../protocol-error.ts';
import { errorCode } from '../kafka-errors.ts';
import type { ApiDefinition, ResponseInput, ResponseOf } from '../schema/api.ts';
import { apiVersionsApi } from '../messages/api-versions.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { isFlexible, messageCodec, readWhole } from '../wire/message-codec.ts';
import { readTags, tagsSize, writeTags } from '../wire/tags.ts';

const noTags = new Map<number, never>();
const unsupportedVersion = errorCode('UNSUPPORTED_VERSION');

/** Writes a response as a frame: a length of 32 bits, the header, the body. Values of fields that the version does not have are left out. */
export function writeResponse<A extends ApiDefinition>(
  api: A,
  header: { readonly version: number; readonly correlationId: number },
  body: ResponseInput<A>,
): Buffer {
  const codec = messageCodec(api, 'response', header.version);
  const tags = hasHeaderTags(api, header.version);
  const length = 4 + (tags ? tagsSize(noTags, {}) : 0) + codec.size(body);
  const writer = new ByteWriter(Buffer.allocUnsafe(4 + length));
  writer.int32(length);
  writer.int32(header.correlationId);
  if (tags) writeTags(writer, noTags, {});
  codec.write(writer, body);
  return writer.buffer;
}

/** Returns the correlation id of a response's frame, its length of 32 bits not included. */
export function correlationIdOf(frame: Uint8Array): number {
  return new ByteReader(frame).int32();
}

/**
 * Reads a response to a request of this key and version; `frame` is without its length of 32 bits.
 * A broker that does not speak the version of ApiVersions answers in version 0 with UNSUPPORTED_VERSION, which is read as that.
 */
export function readResponse<A extends ApiDefinition>(api: A, version: number, frame: Uint8Array): ResponseOf<A> {
  const reader = new ByteReader(frame);
  const codec = messageCodec(api, 'response', version);
  try {
    reader.int32();
    if (hasHeaderTags(api, version)) readTags(reader, noTags, {});
  } catch (error) {
    throw within('header', error);
  }
  if (api.key === apiVersionsApi.key && version > 0 && isRefusal(reader))
    return readWhole(messageCodec(api, 'response', 0), reader) as ResponseOf<A>;
  return readWhole(codec, reader) as ResponseOf<A>;
}

/** Header version 1 adds tags to version 0. ApiVersions keeps 0 for ever, since its reader cannot know what the broker speaks. */
function hasHeaderTags(api: ApiDefinition, version: number): boolean {
  return api.key !== apiVersionsApi.key && isFlexible(api, version);
}

function isRefusal(reader: ByteReader): boolean {
  if (reader.left < 2) throw new ProtocolError('TRUNCATED', 'A response ends before its error code.');
  return reader.buffer.readInt16BE(reader.at) === unsupportedVersion;
}
