import { createHash } from 'node:crypto';
import { CelError } from '../cel-error.ts';
import { spend } from './meter.ts';

// RFC 9562, section 6.6.
const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['dns', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
  ['url', '6ba7b811-9dad-11d1-80b4-00c04fd430c8'],
  ['oid', '6ba7b812-9dad-11d1-80b4-00c04fd430c8'],
  ['x500', '6ba7b814-9dad-11d1-80b4-00c04fd430c8'],
]);
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Makes the UUID of version 5 of a name in a namespace (RFC 9562, section 5.5): the same for the same two. The namespace is a
 * UUID, or `dns`, `url`, `oid` or `x500`. Throws a `CelError` with the code `CONVERSION_FAILED` where it is neither.
 */
export function uuid5(namespace: string, name: string): string {
  const space = NAMESPACES.get(namespace) ?? namespace;
  if (!UUID.test(space))
    throw new CelError('CONVERSION_FAILED', 'the namespace is not a UUID, nor dns, url, oid or x500.');
  spend(name.length);
  const hash = createHash('sha1')
    .update(Buffer.from(space.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
