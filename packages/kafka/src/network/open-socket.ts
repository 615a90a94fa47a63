import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '@headrace/core';
import type { HostAndPort } from './broker-address.ts';
import { connectionError, unavailable } from './connection-error.ts';
import { nodeTlsOptions, type TlsOptions } from './tls-options.ts';

/** How a socket is opened. */
export interface SocketOptions {
  readonly address: HostAndPort;
  readonly tls: TlsOptions | null;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Opens a connection over TCP or TLS, with the certificate of the other side verified. Rejects with a coded error, in time. */
export function openSocket({ address, tls, timeoutMs, clock }: SocketOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { host, port } = address;
    const common = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
    const socket = tls === null ? connectTcp(common) : connectTls({ ...common, ...nodeTlsOptions(host, tls) });
    const ready = tls === null ? 'connect' : 'secureConnect';
    const opened = (): void => {
      settle();
      resolve(socket);
    };
    const failed = (error: Error): void => giveUp(connectionError(address, error, tls !== null));
    const closed = (): void => giveUp(unavailable(address, 'closed the connection while it was made'));
    const cancel = clock.after(timeoutMs, () =>
      giveUp(unavailable(address, `took longer than ${timeoutMs} ms to connect`)),
    );
    const settle = (): void => {
      cancel();
      socket.off(ready, opened).off('error', failed).off('close', closed);
    };
    const giveUp = (error: Error): void => {
      settle();
      // What still comes from a socket that is given up has nobody to go to.
      socket.on('error', () => {});
      socket.destroy();
      reject(error);
    };
    socket.once(ready, opened).once('error', failed).once('close', closed);
  });
}
