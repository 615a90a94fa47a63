import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  findCoordinatorApi,
  metadataApi,
  readRequestFrame,
  readResponse,
  writeResponse,
  type ApiDefinition,
  type ResponseInput,
} from '@headrace/protocol';

/** A request on its way through the proxy. */
export interface ProxiedRequest {
  readonly api: ApiDefinition;
  readonly version: number;
  /** Counts the requests of this key, from 0. */
  readonly nth: number;
}

/**
 * What happens to a request. `swallow`: it never arrives. `cutBefore`: the connection ends in its place. `loseAnswer`: the broker acts, its answer is
 * lost and the connection ends. `holdAnswer`: the broker acts, its answer never comes and the connection stays. After an answer that does not come
 * none comes on that connection, as answers keep the order of requests. A function rewrites the answer.
 */
export type Fault =
  | 'pass'
  | 'swallow'
  | 'cutBefore'
  | 'loseAnswer'
  | 'holdAnswer'
  | ((answer: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>);

interface InFlight extends ProxiedRequest {
  readonly correlationId: number;
  readonly fault: Fault;
}

/**
 * Stands between clients and one broker, reads the frames of both directions and does what it is told to some of them. Addresses in
 * answers are replaced by its own, so that clients stay behind it.
 */
export class FaultProxy {
  /** Decides about each request; passes all unless a test says otherwise. */
  decide: (request: ProxiedRequest) => Fault = () => 'pass';
  /** How often each fault has hit, by its name and the name of the request. */
  readonly hits = new Map<string, number>();
  readonly port: number;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #counts = new Map<number, number>();

  private constructor(server: Server, target: { readonly host: string; readonly port: number }) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Starts a proxy in front of a broker at `host:port`. */
  static async start(bootstrap: string): Promise<FaultProxy> {
    const [host = '', port = ''] = bootstrap.split(':');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new FaultProxy(server, { host, port: Number(port) });
    server.on('connection', (client) => proxy.#serve(client));
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Ends all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    const broker = connect(this.#target);
    const inFlight: InFlight[] = [];
    const end = (): void => {
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) {
      this.#sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          this.#sockets.delete(socket);
          end();
        });
    }
    onFrames(client, (frame) => this.#request(frame, broker, inFlight, end));
    onFrames(broker, (frame) => this.#answer(frame, client, inFlight, end));
  }

  #request(frame: Buffer, broker: Socket, inFlight: InFlight[], end: () => void): void {
    const { api, header } = readRequestFrame(frame);
    if (api === null) throw new Error(`key ${header.key} is not described`);
    const nth = this.#counts.get(api.key) ?? 0;
    this.#counts.set(api.key, nth + 1);
    const request = { api, version: header.version, nth };
    const fault = this.decide(request);
    if (fault !== 'pass') this.#hit(fault, api);
    if (fault === 'cutBefore') return end();
    if (fault === 'swallow') {
      inFlight.push({ ...request, correlationId: header.correlationId, fault: 'holdAnswer' });
      return;
    }
    inFlight.push({ ...request, correlationId: header.correlationId, fault });
    broker.write(withLength(frame));
  }

  #answer(frame: Buffer, client: Socket, inFlight: InFlight[], end: () => void): void {
    const [request] = inFlight;
    if (request === undefined) throw new Error('an answer without a request');
    const { api, version, correlationId, fault } = request;
    if (fault === 'holdAnswer') return;
    inFlight.shift();
    if (fault === 'loseAnswer') return end();
    if (fault === 'pass' && api.key !== metadataApi.key && api.key !== findCoordinatorApi.key) {
      client.write(withLength(frame));
      return;
    }
    const answer = this.#behindUs(readResponse(api, version, frame) as Readonly<Record<string, unknown>>);
    const changed = typeof fault === 'function' ? fault(answer) : answer;
    client.write(writeResponse(api, { version, correlationId }, changed as ResponseInput<ApiDefinition>));
  }

  #behindUs(answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const moved = (place: unknown): unknown => {
      const { host, port } = place as { host: string; port: number };
      return host === this.#target.host && port === this.#target.port
        ? { ...(place as object), host: '127.0.0.1', port: this.port }
        : place;
    };
    const result = { ...answer };
    for (const name of ['brokers', 'coordinators'])
      if (Array.isArray(result[name])) result[name] = (result[name] as unknown[]).map(moved);
    return 'host' in result ? (moved(result) as Readonly<Record<string, unknown>>) : result;
  }

  #hit(fault: Fault, api: ApiDefinition): void {
    const name = `${typeof fault === 'function' ? 'rewrite' : fault} ${api.name}`;
    this.hits.set(name, (this.hits.get(name) ?? 0) + 1);
  }
}

function onFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const length = rest.readInt32BE(0);
      take(rest.subarray(4, 4 + length));
      rest = rest.subarray(4 + length);
    }
  });
}

function withLength(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}
