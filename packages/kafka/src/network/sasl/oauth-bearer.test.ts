import { describe, expect, it } from 'vitest';
import { oauthBearerExchange } from './oauth-bearer.ts';

const begin = (value: string, extensions?: Record<string, string>) =>
  oauthBearerExchange(() => Promise.resolve({ value, ...(extensions && { extensions }) }));

describe('a login by OAUTHBEARER', () => {
  it('sends the token and its extensions', async () => {
    expect(String(await begin('abc.def-_~+/==', { scope: 'a b' }).start())).toBe(
      'n,,\x01auth=Bearer abc.def-_~+/==\x01scope=a b\x01\x01',
    );
  });

  it('ends when the server has nothing more to say, and answers a refusal by one byte', async () => {
    const exchange = begin('t');
    await exchange.start();
    expect(await exchange.next(Buffer.alloc(0))).toBeNull();
    expect(await exchange.next(Buffer.from('{"status":"invalid_token"}'))).toEqual(Buffer.from([1]));
  });

  it('lets nothing into the message that could end its field', async () => {
    await expect(begin('a\x01b').start()).rejects.toThrow(/token/);
    await expect(begin('').start()).rejects.toThrow(/token/);
    await expect(begin('t', { auth: 'x' }).start()).rejects.toThrow(/"auth"/);
    await expect(begin('t', { a: 'x\x01' }).start()).rejects.toThrow(/"a"/);
  });
});
