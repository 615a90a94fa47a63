import type { ConnectionOptions as NodeTlsOptions } from 'node:tls';

/** How the brokers are trusted, and how this side shows who it is; the contents of PEM files, not their paths. */
export interface TlsOptions {
  /** The authorities that are trusted in place of those that Node knows. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** This side's certificate and key, where the brokers ask for one. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  /** The name that the certificate must hold, in place of the host. */
  readonly servername?: string;
  /** False takes any certificate: what is sent can then be read by whoever is in between. */
  readonly rejectUnauthorized?: boolean;
}

/** The options of all connections, or what gives those of the next one. */
export type TlsSource = TlsOptions | (() => Promise<TlsOptions>);

/** Makes the options of Node's TLS: version 1.2 at least, the name of the host verified. */
export function nodeTlsOptions(host: string, { ca, ...options }: TlsOptions): NodeTlsOptions {
  const servername = options.servername ?? (isIpAddress(host) ? undefined : host);
  return {
    minVersion: 'TLSv1.2',
    ...options,
    ...(ca !== undefined && { ca: Array.isArray(ca) ? [...(ca as (string | Buffer)[])] : (ca as string | Buffer) }),
    ...(servername !== undefined && { servername }),
  };
}

// The name of a server in TLS is never an address; the certificate is still held to the host that was connected to.
function isIpAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}
