import { HeadraceError } from '@headrace/core';
import { formatBrokerAddress, type HostAndPort } from './broker-address.ts';

/** Makes the error of a broker that cannot be reached now; `what` completes "The broker at host:port …". */
export function unavailable(address: HostAndPort, what: string, cause?: unknown): HeadraceError {
  const message = `The broker at ${formatBrokerAddress(address)} ${what}.`;
  return new HeadraceError('KAFKA_UNAVAILABLE', message, { retryable: true, cause });
}

/** Makes the error of a broker or a proxy that refuses who we are; trying again cannot help. */
export function loginRefused(address: HostAndPort, what: string, cause?: unknown): HeadraceError {
  const message = `The broker at ${formatBrokerAddress(address)} ${what}`;
  return new HeadraceError('KAFKA_LOGIN_REFUSED', message, { cause });
}

const trustFaults: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority of its certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'the authority of its certificate is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of its certificate is not known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the authority of its certificate is not known',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  HOSTNAME_MISMATCH: 'its certificate is for another host',
};

const advice: Readonly<Record<string, string>> = {
  'its certificate is for another host': 'Connect by a name that the certificate holds, or give "tls.servername".',
  'its certificate has expired': 'The broker needs a new one.',
  'its certificate is not valid yet': 'Are the clocks of both machines right?',
  'its certificate was revoked': 'The broker needs a new one.',
};

/** Turns the failure of a socket into an error with a code: what a certificate or TLS refuses is final, the rest may pass. */
export function connectionError(address: HostAndPort, error: Error, tls: boolean): HeadraceError {
  const { code } = error as NodeJS.ErrnoException;
  const fault = trustFaults[code ?? ''];
  if (fault !== undefined) {
    const then = advice[fault] ?? 'Give the authority\'s certificate as "tls.ca".';
    return tlsFailed(address, `is not trusted: ${fault}. ${then}`, error);
  }
  if (tls && isTlsFault(code, error.message)) return tlsFailed(address, describeHandshake(error.message), error);
  // A broker that stops does so as well: this may pass.
  if (tls && /before secure TLS connection/.test(error.message))
    return unavailable(address, 'ended the connection before TLS was agreed on, as listeners without TLS do', error);
  return unavailable(address, describeSocketFault(code, error.message), error);
}

function tlsFailed(address: HostAndPort, what: string, cause: Error): HeadraceError {
  return new HeadraceError('KAFKA_TLS_FAILED', `The broker at ${formatBrokerAddress(address)} ${what}`, { cause });
}

function isTlsFault(code: string | undefined, message: string): boolean {
  return /^(ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|CERT_)/.test(code ?? '') || /SSL routines|PEM/.test(message);
}

function describeHandshake(message: string): string {
  if (/wrong version number|packet length too long|record layer failure|http request/i.test(message))
    return 'does not speak TLS on this port. Use the port of a TLS listener, or leave "tls" out.';
  if (
    /certificate required|(bad|unsupported|revoked|expired) certificate|certificate unknown|handshake failure|unknown ca/i.test(
      message,
    )
  )
    return `refused the certificate of this side, or wants one: give "tls.cert" and "tls.key" that its authority signed (${reasonOf(message)}).`;
  return `could not agree on TLS: ${reasonOf(message)}.`;
}

// OpenSSL's messages are lines of numbers and places of its source; the last part says what happened.
function reasonOf(message: string): string {
  const parts = message.trim().split(':');
  const alert = parts.find((part) => /alert|wrong|unsupported|certificate/i.test(part));
  return (alert ?? parts[0] ?? message).trim();
}

function describeSocketFault(code: string | undefined, message: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refuses connections: nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'cannot be found: its name has no address';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'ended the connection';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'cannot be reached over the network';
    case 'EMFILE':
    case 'ENFILE':
      return 'was not connected to: this process may open no more files (see "ulimit -n")';
    default:
      return `cannot be connected to: ${message}`;
  }
}
