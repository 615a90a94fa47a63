import { FRAME_BYTES } from '@headrace/avro';
import { type Encoding, type Registry } from '@headrace/core';
import { jsonOf } from './taps.ts';

/** Makes a text of JSON of bytes. */
export type TextOf = (bytes: Uint8Array | null) => string;

/** Makes what shows the bytes of an encoding as JSON. What cannot be decoded is shown as it is. */
export function textOf(encoding: Encoding | null, registry: Registry): TextOf {
  const codec = encoding === null ? undefined : registry.codec(encoding.codec);
  if (encoding === null || codec === undefined || encoding.codec === 'bytes') return plainText;
  if (encoding.codec === 'json' && encoding.frame === undefined) return plainText;
  const { frame, ...bare } = encoding;
  const decode = codec.decoder(bare);
  const json = registry.codec('json')?.encoder(jsonOf(encoding.schema), encoding.schema);
  const start = frame === undefined ? 0 : FRAME_BYTES;
  return (bytes) => {
    if (bytes === null || json === undefined) return plainText(bytes);
    try {
      return Buffer.from(json(decode(bytes, start, bytes.length, -1))).toString();
    } catch {
      return plainText(bytes);
    }
  };
}

/** Shows JSON as it is, other text as a string, and other bytes in base64. */
export function plainText(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null';
  const text = Buffer.from(bytes).toString();
  if (!Buffer.from(text).equals(bytes)) return JSON.stringify({ base64: Buffer.from(bytes).toString('base64') });
  if (/[\n\r]/.test(text)) return JSON.stringify(text);
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
