import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range from which systems take the ports of outgoing connections. Inside it a client that reconnects while the
 * broker is down may get the broker's port as its own, and hold it.
 */
const lowest = 15_000;
const highest = 32_000;
const attempts = 200;

/** Finds a port of the loopback interface on which nobody listens, at random so that test runs side by side do not meet. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(lowest, highest);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`No free port between ${lowest} and ${highest} in ${attempts} attempts.`);
}

/** Says whether nobody listens on a port of the loopback interface. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
