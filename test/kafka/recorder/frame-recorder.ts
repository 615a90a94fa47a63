import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  readRequestFrame,
  readResponse,
  writeResponse,
  type ApiDefinition,
  type ResponseInput,
} from '@headrace/protocol';
import { AddressMap } from '../faults/address-map.ts';
import type { Answer } from '../faults/fault-proxy.ts';
import { onFrames, withLength } from '../faults/frames.ts';

/** A frame as it came from the one or the other side, its length left out. */
export interface RecordedFrame {
  readonly key: number;
  readonly side: 'request' | 'response';
  readonly version: number;
  readonly frame: Buffer;
}

/**
 * Stands between a client and a broker and keeps the frames of both. Only the address of the broker is another one in what reaches the
 * client: what is kept is what the broker sent.
 */
export class FrameRecorder {
  readonly frames: RecordedFrame[] = [];
  readonly address: string;
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #addresses = new AddressMap();
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, bootstrap: string) {
    const [host = '', port = ''] = bootstrap.split(':');
    const own = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    this.#server = server;
    this.#target = { host, port: Number(port) };
    this.#addresses.set(bootstrap, own);
    this.address = `${own.host}:${own.port}`;
    server.on('connection', (client) => this.#serve(client));
  }

  /** Starts in front of a broker at `host:port`. */
  static async start(bootstrap: string): Promise<FrameRecorder> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FrameRecorder(server, bootstrap);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    const broker = connect(this.#target);
    const asked: { api: ApiDefinition | null; key: number; version: number }[] = [];
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => {}).on('close', () => (this.#sockets.delete(socket), other.destroy()));
    }
    onFrames(client, (frame) => {
      const { api, header } = readRequestFrame(frame);
      asked.push({ api, key: header.key, version: header.version });
      this.#keep(header.key, 'request', header.version, frame);
      broker.write(withLength(frame));
    });
    onFrames(broker, (frame) => {
      const request = asked.shift();
      if (request === undefined) throw new Error('an answer without a request');
      this.#keep(request.key, 'response', request.version, frame);
      client.write(this.#moved(request.api, request.version, frame));
    });
  }

  #keep(key: number, side: RecordedFrame['side'], version: number, frame: Buffer): void {
    this.frames.push({ key, side, version, frame: Buffer.from(frame) });
  }

  #moved(api: ApiDefinition | null, version: number, frame: Buffer): Buffer {
    if (api === null || !namesBrokers.has(api.name)) return withLength(frame);
    const answer = this.#addresses.behind(readResponse(api, version, frame) as Answer);
    const correlationId = frame.readInt32BE(0);
    return writeResponse(api, { version, correlationId }, answer as ResponseInput<ApiDefinition>);
  }
}

const namesBrokers = new Set(['Metadata', 'FindCoordinator', 'DescribeCluster']);
