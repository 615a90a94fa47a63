import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { SaslExchange } from './sasl-exchange.ts';

/** Who logs in, and by which hash. */
export interface ScramLogin {
  readonly hash: 'sha256' | 'sha512';
  readonly username: string;
  readonly password: string;
  /** Makes the client's nonce, printable ASCII without commas; random unless given. */
  readonly nonce?: () => string;
}

// A server decides how long this side computes: fewer rounds are no protection, more could stand for hours.
const leastIterations = 4096;
const mostIterations = 1_000_000;
const derive = promisify(pbkdf2);

/**
 * Logs in by SCRAM (RFC 5802, without channel binding): the password is never sent, and the server must prove that it knows it.
 * Names and passwords go as UTF-8 without preparation, as Kafka keeps them.
 */
export function scramExchange({ hash, username, password, nonce = randomNonce }: ScramLogin): SaslExchange {
  const clientNonce = nonce();
  const firstBare = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${clientNonce}`;
  let signature: Buffer | null = null;
  let verified = false;

  const answer = async (serverFirst: string): Promise<Buffer> => {
    const { r = '', s = '', i = '' } = attributesOf(serverFirst);
    const iterations = /^\d{1,10}$/.test(i) ? Number(i) : 0;
    if (!r.startsWith(clientNonce) || r.length <= clientNonce.length)
      throw new Error('the server did not take up our nonce');
    if (iterations < leastIterations || iterations > mostIterations)
      throw new Error(`the server wants ${i} iterations; from ${leastIterations} to ${mostIterations} are taken`);
    const salted = await derive(password, Buffer.from(s, 'base64'), iterations, hash === 'sha256' ? 32 : 64, hash);
    const clientKey = createHmac(hash, salted).update('Client Key').digest();
    const storedKey = createHash(hash).update(clientKey).digest();
    const finalBare = `c=biws,r=${r}`;
    const message = `${firstBare},${serverFirst},${finalBare}`;
    const proof = createHmac(hash, storedKey).update(message).digest();
    for (let at = 0; at < proof.length; at++) proof[at] = (proof[at] as number) ^ (clientKey[at] as number);
    const serverKey = createHmac(hash, salted).update('Server Key').digest();
    signature = createHmac(hash, serverKey).update(message).digest();
    return Buffer.from(`${finalBare},p=${proof.toString('base64')}`, 'utf8');
  };

  const verify = (expected: Buffer, serverFinal: string): null => {
    const { v = '', e } = attributesOf(serverFinal);
    if (e !== undefined) throw new Error(`the server refuses: ${e}`);
    const given = Buffer.from(v, 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new Error('the server could not prove that it knows the password');
    verified = true;
    return null;
  };

  return {
    mechanism: hash === 'sha256' ? 'SCRAM-SHA-256' : 'SCRAM-SHA-512',
    start: () => Promise.resolve(Buffer.from(`n,,${firstBare}`, 'utf8')),
    async next(challenge) {
      if (verified) return null;
      const text = challenge.toString('utf8');
      return signature === null ? answer(text) : verify(signature, text);
    },
  };
}

function randomNonce(): string {
  return randomBytes(24).toString('base64url');
}

/** Reads `a=…,b=…`; the first of a name counts, and values may hold `=`. */
function attributesOf(text: string): Readonly<Record<string, string>> {
  const attributes = Object.create(null) as Record<string, string>;
  for (const part of text.split(',')) {
    const name = part.slice(0, 1);
    if (part[1] === '=' && !(name in attributes)) attributes[name] = part.slice(2);
  }
  return attributes;
}
