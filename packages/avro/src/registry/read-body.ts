import { RegistryError } from './registry-error.ts';
import type { RegistryResponse } from './registry-fetch.ts';

/**
 * Reads the body of an answer as UTF-8. Throws RegistryError RESPONSE_TOO_LARGE as soon as it is longer than `maxBytes`,
 * which are counted after unpacking, and BAD_RESPONSE where it is not UTF-8; what `body` throws is let through.
 */
export async function readBody(response: RegistryResponse, maxBytes: number, request: string): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the body.
  for await (const chunk of response.body) {
    length += chunk.byteLength;
    if (length > maxBytes) {
      const { status } = response;
      const message = `The answer of the registry to ${request} is longer than ${maxBytes} bytes.`;
      throw new RegistryError('RESPONSE_TOO_LARGE', request, message, { status });
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks, length));
  } catch {
    const message = `The answer of the registry to ${request} is not text in UTF-8.`;
    throw new RegistryError('BAD_RESPONSE', request, message, { status: response.status });
  }
}
