import { CelError } from '../cel-error.ts';
import { BYTES, STRING } from '../types/cel-type.ts';
import { limitBuilt } from '../values/text.ts';
import { call, type Overload } from './overload.ts';

/** Lists the functions that write bytes as text and back. */
export const encoderFunctions: readonly Overload[] = [
  call('base64.encode', { params: [BYTES], result: STRING, evaluate: encodeBase64 }),
  call('base64.decode', { params: [STRING], result: BYTES, evaluate: decodeBase64 }),
];

/** Writes bytes in base64 (RFC 4648, section 4), padded. */
function encodeBase64(bytes: Uint8Array): string {
  limitBuilt(Math.ceil(bytes.length / 3) * 4);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

// With padding or without; the engine itself skips whatever it does not know.
function decodeBase64(text: string): Uint8Array {
  const body = text.replace(/={1,2}$/, '');
  const isPadded = body.length === text.length || text.length % 4 === 0;
  if (!isPadded || body.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(body)) {
    throw new CelError('CONVERSION_FAILED', 'the text is not base64.');
  }
  limitBuilt(body.length);
  return new Uint8Array(Buffer.from(body, 'base64'));
}
