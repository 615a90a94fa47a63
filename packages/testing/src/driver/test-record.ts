import { HeadraceError, withoutRoutes } from '@headrace/core';
import type { Decoder, Encoder, Failure, Header, SinkNode, SourceNode } from '@headrace/core';
import type { NewLogRecord } from '../log/log-record.ts';
import type { CapturedRecord } from './captured-record.ts';
import type { TestCodecs } from './test-codecs.ts';

/** Headers as tests write them: text is UTF-8. A list keeps order and repeated names. */
export type TestHeaders = Readonly<Record<string, string | Uint8Array | null>> | readonly Header[];

/** A record to send. */
export interface SentRecord {
  /** Is encoded as the source reads keys; bytes are taken as they are. */
  readonly key?: unknown;
  /** Is encoded as the source reads values; null is a tombstone. */
  readonly value?: unknown;
  /** The value's bytes as they are, instead of `value`. */
  readonly raw?: Uint8Array;
  readonly headers?: TestHeaders;
  /** Epoch milliseconds; the present of the virtual clock unless said. */
  readonly timestamp?: number;
  /** Is chosen by a hash of the key unless said; 0 without a key. */
  readonly partition?: number;
}

/** A record that a sink was given, decoded again as the sink has written it. */
export interface ReceivedRecord {
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: number;
  /** The last header of each name as text. */
  readonly headers: Readonly<Record<string, string | null>>;
  /** The partition of the source that it came from. */
  readonly partition: number;
  /** What lies under the decoded forms. It is not enumerable, so that comparisons leave it out. */
  readonly bytes: Pick<CapturedRecord, 'key' | 'value' | 'headers'>;
  /** The offset, in its partition, of the record that it was made from. Not enumerable, like `bytes`. */
  readonly offset: number;
  /** Why it failed, where it left by an error port; else null. Not enumerable, like `bytes`. */
  readonly failure: Failure | null;
}

/** Encodes records as a source reads them. */
export function sender(source: SourceNode, codecs: TestCodecs): (record: SentRecord, now: number) => NewLogRecord {
  const key = source.key === null ? null : codecs.encoder(source.key);
  const value = codecs.encoder(source.value);
  return (record, now) => ({
    key: encodeKey(record.key ?? null, key, source.id),
    value: record.raw ?? (record.value === undefined || record.value === null ? null : value(record.value)),
    headers: headerList(record.headers ?? []),
    timestamp: record.timestamp ?? now,
  });
}

/** Decodes records as a sink has written them. */
export function receiver(sink: SinkNode, codecs: TestCodecs): (record: CapturedRecord) => ReceivedRecord {
  const key = sink.key === null ? null : codecs.decoder(sink.key);
  const value = codecs.decoder(sink.value);
  return (record) => {
    const received = {
      key: decode(record.key, key),
      value: decode(record.value, value),
      timestamp: record.timestamp,
      headers: headerTexts(record.headers),
      partition: record.partition,
    };
    const bytes: ReceivedRecord['bytes'] = { key: record.key, value: record.value, headers: record.headers };
    const { offset, failure } = record;
    return Object.defineProperties(received, {
      bytes: { value: bytes },
      offset: { value: offset },
      failure: { value: failure },
    }) as ReceivedRecord;
  };
}

function encodeKey(key: unknown, encode: Encoder | null, source: string): Uint8Array | null {
  if (key === null || key instanceof Uint8Array) return key;
  if (encode !== null) return encode(key);
  if (typeof key === 'string') return Buffer.from(key);
  throw new HeadraceError(
    'KEY_NOT_DECLARED',
    `Source "${source}" declares no codec for its key, so that a key can only be text or bytes.`,
    { place: { node: source } },
  );
}

function decode(bytes: Uint8Array | null, decoderOf: Decoder | null): unknown {
  if (bytes === null || decoderOf === null) return bytes;
  return decoderOf(bytes, 0, bytes.length, -1);
}

function headerList(headers: TestHeaders): readonly Header[] {
  if (isList(headers)) return headers;
  return Object.entries(headers).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? Buffer.from(value) : value,
  }));
}

function isList(headers: TestHeaders): headers is readonly Header[] {
  return Array.isArray(headers);
}

// What says to a sink where a record goes is no part of the record.
function headerTexts(headers: readonly Header[]): Record<string, string | null> {
  return Object.fromEntries(
    (withoutRoutes(headers) ?? []).map(({ name, value }) => [
      name,
      value === null ? null : Buffer.from(value).toString(),
    ]),
  );
}
