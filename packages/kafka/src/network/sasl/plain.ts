import type { SaslExchange } from './sasl-exchange.ts';

/** Logs in by PLAIN (RFC 4616): user name and password as they are, so only over TLS. */
export function plainExchange(username: string, password: string): SaslExchange {
  return {
    mechanism: 'PLAIN',
    start: () => Promise.resolve(Buffer.from(`\0${username}\0${password}`, 'utf8')),
    next: () => Promise.resolve(null),
  };
}
