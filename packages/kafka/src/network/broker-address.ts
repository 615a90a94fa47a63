import { HeadraceError } from '@headrace/core';

/** Where a broker listens. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

const defaultPort = 9092;

/**
 * Reads `host:port`, `host` (port 9092) or `[2001:db8::1]:9092`.
 * Fails with KAFKA_ADDRESS_INVALID on anything else, an address of IPv6 without brackets included: its port could not be told.
 */
export function parseBrokerAddress(text: string): HostAndPort {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  if (host === undefined || port < 1 || port > 65_535)
    throw new HeadraceError(
      'KAFKA_ADDRESS_INVALID',
      `"${text}" is not the address of a broker. Write "host:port", or "[::1]:port" for IPv6.`,
    );
  return { host, port };
}

/** Writes an address as it is read. */
export function formatBrokerAddress({ host, port }: HostAndPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
