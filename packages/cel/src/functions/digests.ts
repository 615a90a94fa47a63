import { createHash, createHmac } from 'node:crypto';
import { CelError } from '../cel-error.ts';
import { BYTES, INT, STRING, type CelType } from '../types/cel-type.ts';
import { murmur2 } from '../values/murmur2.ts';
import { spend } from '../values/meter.ts';
import { uuid5 } from '../values/uuid5.ts';
import { call, type Implementation, type KnownArgument, type Overload } from './overload.ts';

type Data = string | Uint8Array;

const ALGORITHMS: ReadonlySet<string> = new Set(['md5', 'sha1', 'sha256', 'sha384', 'sha512']);
const DATA: readonly CelType[] = [STRING, BYTES];
const encoder = new TextEncoder();

/** Lists the functions that make a number, a text or an identifier out of any data, always the same one. */
export const digestFunctions: readonly Overload[] = [
  ...DATA.map((type) => call('hash', { params: [type], result: INT, evaluate: bucketHash })),
  ...DATA.map((type) =>
    call('hash', { params: [type, STRING], result: STRING, evaluate: digest, specialise: knowing(1, digest) }),
  ),
  ...DATA.flatMap((type) =>
    DATA.map((key) =>
      call('hmac', { params: [type, key, STRING], result: STRING, evaluate: hmac, specialise: knowing(2, hmac) }),
    ),
  ),
  call('uuid5', { params: [STRING, STRING], result: STRING, evaluate: uuid5 }),
];

// The positive half of murmur2: `hash(key) % n` is the partition that Kafka's own clients choose.
function bucketHash(data: Data): number {
  const bytes = bytesOf(data);
  spend(bytes.length);
  return murmur2(bytes) & 0x7fffffff;
}

function digest(data: Data, algorithm: string): string {
  spend(data.length);
  return createHash(known(algorithm)).update(bytesOf(data)).digest('hex');
}

function hmac(data: Data, key: Data, algorithm: string): string {
  spend(data.length + key.length);
  return createHmac(known(algorithm), bytesOf(key)).update(bytesOf(data)).digest('hex');
}

// A lone surrogate becomes U+FFFD, as everywhere where text becomes bytes.
function bytesOf(data: Data): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data;
}

function known(algorithm: string): string {
  if (ALGORITHMS.has(algorithm)) return algorithm;
  throw new CelError('UNKNOWN_CHOICE', `the algorithm must be one of ${[...ALGORITHMS].join(', ')}.`);
}

function knowing(
  index: number,
  evaluate: (...values: never[]) => string,
): (args: readonly KnownArgument[]) => Implementation {
  return (args) => {
    const constant = args[index]?.constant;
    if (typeof constant === 'string') known(constant);
    return evaluate as Implementation;
  };
}
