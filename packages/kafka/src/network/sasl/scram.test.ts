import { describe, expect, it } from 'vitest';
import { scramExchange } from './scram.ts';

/** The exchange that stands in section 3 of RFC 7677. */
const example = {
  nonce: 'rOprNGfwEbeRWgbNEkqO',
  clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  clientFinal:
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
};

const begin = (password = 'pencil') =>
  scramExchange({ hash: 'sha256', username: 'user', password, nonce: () => example.nonce });
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('a login by SCRAM', () => {
  it('is that of RFC 7677', async () => {
    const exchange = begin();
    expect(String(await exchange.start())).toBe(example.clientFirst);
    expect(String(await exchange.next(bytes(example.serverFirst)))).toBe(example.clientFinal);
    expect(await exchange.next(bytes(example.serverFinal))).toBeNull();
  });

  it('escapes the name', async () => {
    const exchange = scramExchange({ hash: 'sha512', username: 'a=b,c', password: 'x', nonce: () => 'n' });
    expect(String(await exchange.start())).toBe('n,,n=a=3Db=2Cc,r=n');
    expect(exchange.mechanism).toBe('SCRAM-SHA-512');
  });

  it('does not take a server that cannot prove itself', async () => {
    for (const final of ['v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=', 'v=', 'x', '']) {
      const exchange = begin();
      await exchange.start();
      await exchange.next(bytes(example.serverFirst));
      await expect(exchange.next(bytes(final))).rejects.toThrow(/could not prove/);
    }
    const refused = begin();
    await refused.start();
    await refused.next(bytes(example.serverFirst));
    await expect(refused.next(bytes('e=invalid-proof'))).rejects.toThrow(/refuses: invalid-proof/);
  });

  it.each([
    ['another nonce', 'r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096', /nonce/],
    ['only our nonce', `r=${example.nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`, /nonce/],
    ['too few rounds', `r=${example.nonce}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1`, /iterations/],
    ['rounds without end', `r=${example.nonce}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1000000000`, /iterations/],
    ['rounds that are no number', `r=${example.nonce}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096x`, /iterations/],
    ['nothing', '', /nonce/],
  ])('refuses a server that sends %s', async (_, serverFirst, message) => {
    const exchange = begin();
    await exchange.start();
    await expect(exchange.next(bytes(serverFirst))).rejects.toThrow(message);
  });
});
