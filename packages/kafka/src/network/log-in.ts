import { errorCode, kafkaError, saslAuthenticateApi, saslHandshakeApi, type BrokerVersions } from '@headrace/protocol';
import { HeadraceError } from '@headrace/core';
import type { HostAndPort } from './broker-address.ts';
import { loginRefused } from './connection-error.ts';
import type { RequestPipe } from './request-pipe.ts';
import { beginSasl, type SaslOptions } from './sasl/sasl-options.ts';

/** Where and how a login happens. */
export interface Login {
  readonly pipe: RequestPipe;
  readonly versions: BrokerVersions;
  readonly address: HostAndPort;
  readonly sasl: SaslOptions;
  readonly tls: boolean;
  readonly timeoutMs: number;
}

const refusals = new Set(
  ['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE'].map(String),
);

/**
 * Logs in, or again in the life of a connection (KIP-368). Returns how long the broker takes the login for good, in milliseconds; 0
 * where it sets no end. Fails with KAFKA_LOGIN_REFUSED, which is final.
 */
export async function logIn({ pipe, versions, address, sasl, tls, timeoutMs }: Login): Promise<number> {
  const exchange = beginSasl(sasl, tls);
  const options = { timeoutMs };
  const handshake = await pipe.send(
    saslHandshakeApi,
    Math.min(1, versions.versionOf(saslHandshakeApi) ?? 1),
    { mechanism: exchange.mechanism },
    options,
  );
  const { name } = kafkaError(handshake?.errorCode ?? 0);
  if (name === 'UNSUPPORTED_SASL_MECHANISM')
    throw loginRefused(
      address,
      `does not take SASL "${exchange.mechanism}"; it takes ${(handshake?.mechanisms ?? []).join(', ') || 'none'}.`,
    );
  if (name === 'ILLEGAL_SASL_STATE')
    throw loginRefused(address, 'wants no login on this port: leave "sasl" out, or use the port of a SASL listener.');
  if (name !== 'NONE') throw loginRefused(address, `refused to begin a login: ${name}.`);

  let message: Buffer | null = await ours(address, () => exchange.start());
  let lifetimeMs = 0;
  for (let step = 0; message !== null; step++) {
    if (step === 10) throw loginRefused(address, 'did not come to an end of the login.');
    const answer = await pipe.send(
      saslAuthenticateApi,
      versions.versionOf(saslAuthenticateApi) ?? 0,
      { authBytes: message },
      options,
    );
    if (answer === null) break;
    if (answer.errorCode !== errorCode('NONE')) throw refused(address, answer.errorCode, answer.errorMessage);
    lifetimeMs = answer.sessionLifetimeMs;
    const { authBytes } = answer;
    message = await ours(address, () => exchange.next(Buffer.from(authBytes)));
  }
  return lifetimeMs;
}

function refused(address: HostAndPort, code: number, message: string | null): HeadraceError {
  const { name, retriable } = kafkaError(code);
  const text = `${message ?? name}`.replace(/\.?$/, '.');
  if (retriable && !refusals.has(name))
    return new HeadraceError('KAFKA_UNAVAILABLE', `A broker could not check the login now: ${text}`, {
      retryable: true,
    });
  return loginRefused(address, `refused the login: ${text}`);
}

/** Runs a step of this side; what it finds wrong is final. */
async function ours(address: HostAndPort, step: () => Promise<Buffer | null>): Promise<Buffer | null> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof HeadraceError) throw error;
    throw loginRefused(
      address,
      `was not logged in to: ${error instanceof Error ? error.message : String(error)}.`,
      error,
    );
  }
}
