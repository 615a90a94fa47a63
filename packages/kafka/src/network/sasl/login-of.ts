import type { ClusterDefinition } from '@headrace/core';
import { oauthTokens, type OAuthContext } from './oauth-tokens.ts';
import type { SaslOptions } from './sasl-options.ts';

/** Makes a login of what a topology that was checked says of it. Fails with OAUTH_TOKEN_FAILED for an endpoint that must not be asked. */
export function loginOf(written: NonNullable<ClusterDefinition['sasl']>, context: OAuthContext): SaslOptions {
  const { mechanism, username = '', password = '', allowPlaintext = false, oauth = {} } = written;
  switch (mechanism) {
    case 'oauthbearer':
      return { mechanism, token: oauthTokens(oauth, context) };
    case 'plain':
      return { mechanism, username, password, allowPlaintext };
    default:
      return { mechanism, username, password };
  }
}
