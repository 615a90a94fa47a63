import { HeadraceError } from '@headrace/core';
import { oauthBearerExchange, type OAuthToken } from './oauth-bearer.ts';
import { plainExchange } from './plain.ts';
import type { SaslExchange } from './sasl-exchange.ts';
import { scramExchange } from './scram.ts';

/** How a cluster wants to know who we are. */
export type SaslOptions =
  | {
      readonly mechanism: 'plain';
      readonly username: string;
      readonly password: string;
      /** Sends the password over a connection without TLS, where everybody in between can read it. */
      readonly allowPlaintext?: boolean;
    }
  | { readonly mechanism: 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string }
  | { readonly mechanism: 'oauthbearer'; readonly token: () => Promise<OAuthToken> };

/** Begins a login. Fails with KAFKA_PASSWORD_UNPROTECTED where the password would be sent without TLS. */
export function beginSasl(options: SaslOptions, tls: boolean): SaslExchange {
  switch (options.mechanism) {
    case 'plain':
      if (!tls && options.allowPlaintext !== true)
        throw new HeadraceError(
          'KAFKA_PASSWORD_UNPROTECTED',
          'SASL "plain" sends the password as it is, and the connection has no TLS. Give the cluster "tls", use "scram-sha-512", or say "allowPlaintext": true on a closed network.',
        );
      return plainExchange(options.username, options.password);
    case 'scram-sha-256':
    case 'scram-sha-512':
      return scramExchange({ ...options, hash: options.mechanism === 'scram-sha-256' ? 'sha256' : 'sha512' });
    case 'oauthbearer':
      return oauthBearerExchange(options.token);
  }
}
