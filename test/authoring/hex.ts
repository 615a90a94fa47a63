import { defineCodec, HeadraceError, Type } from '@headrace/core';

const schema = { kind: 'bytes' } as const;

/** Reads and writes bytes as hexadecimal text. */
export const hex = defineCodec({
  type: 'hex',
  summary: 'Bytes as hexadecimal text.',
  options: Type.Object({}, { additionalProperties: false }),
  examples: [{ summary: 'Keys that people can read', options: {} }],
  reads: () => schema,
  // Null where it cannot write a type: the sink that asked reports it.
  writes(_options, type, at, context) {
    if (type.kind === 'bytes' || type.kind === 'dynamic') return schema;
    context.report({ code: 'CODEC_DOES_NOT_FIT', severity: 'error', at, message: 'only bytes can be written as hex.' });
    return null;
  },
  decoder: () => (buffer, start, end) => {
    const text = Buffer.from(buffer.subarray(start, end)).toString('latin1');
    if (/^(?:[0-9a-f]{2})*$/.test(text)) return new Uint8Array(Buffer.from(text, 'hex'));
    throw new HeadraceError('BAD_HEX', 'the bytes are not hexadecimal text.');
  },
  encoder: () => (value) => {
    if (value instanceof Uint8Array) return Buffer.from(Buffer.from(value).toString('hex'));
    throw new HeadraceError('NOT_ENCODABLE', 'only bytes can be written as hex.');
  },
});
