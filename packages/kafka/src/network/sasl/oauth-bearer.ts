import type { SaslExchange } from './sasl-exchange.ts';

/** A token and, where it says more than itself, extensions for the broker. */
export interface OAuthToken {
  readonly value: string;
  readonly extensions?: Readonly<Record<string, string>>;
}

/** Logs in by OAUTHBEARER (RFC 7628). `token` is asked at each login, so that it is never an old one; it may cache. */
export function oauthBearerExchange(token: () => Promise<OAuthToken>): SaslExchange {
  return {
    mechanism: 'OAUTHBEARER',
    async start() {
      const { value, extensions = {} } = await token();
      // Whatever is not of the grammar could end the field and begin another.
      if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(value)) throw new Error('the token is not one that may be sent');
      const added = Object.entries(extensions).map(([name, text]) => {
        if (!/^[A-Za-z]+$/.test(name) || name === 'auth' || !/^[\x20-\x7e\t\r\n]*$/.test(text))
          throw new Error(`the extension "${name}" of the token may not be sent`);
        return `${name}=${text}\x01`;
      });
      return Buffer.from(`n,,\x01auth=Bearer ${value}\x01${added.join('')}\x01`, 'utf8');
    },
    next(challenge) {
      if (challenge.length === 0) return Promise.resolve(null);
      // The broker says by JSON why it refuses; the exchange is ended by one byte, and the refusal follows as an error.
      return Promise.resolve(Buffer.from('\x01'));
    },
  };
}
