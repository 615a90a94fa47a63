import { HeadraceError } from '@headrace/core';

/** Where health and metrics are served. `chosen`: by the user, so that no other port will do. */
export interface MonitorAddress {
  readonly host: string;
  readonly port: number;
  readonly chosen: boolean;
}

/** The address where nothing is said: loopback, and the port that exporters of OpenTelemetry use for the same purpose. */
export const defaultMonitorAddress: MonitorAddress = { host: '127.0.0.1', port: 9464, chosen: false };

/** Reads `host:port`, `[IPv6]:port`, `port` alone for loopback, or `off`, which gives null. Throws `WRONG_ADDRESS` for anything else. */
export function parseMonitorAddress(text: string): MonitorAddress | null {
  if (text === 'off') return null;
  const match = /^(?:(?:\[(?<six>[0-9a-f:.]+)\]|(?<host>[a-z0-9_.-]+)):)?(?<port>\d{1,5})$/i.exec(text);
  const port = Number(match?.groups?.['port']);
  if (match === null || port > 65_535)
    throw new HeadraceError(
      'WRONG_ADDRESS',
      `"${text}" is no address: write host:port, [IPv6]:port, a port, or "off".`,
    );
  const { six, host = six ?? defaultMonitorAddress.host } = match.groups ?? {};
  return { host, port, chosen: true };
}
