import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  findCoordinatorApi,
  joinGroupApi,
  metadataApi,
  readRequest,
  readRequestFrame,
  readResponse,
  writeRequest,
  writeResponse,
  type ApiDefinition,
  type RequestHeader,
  type ResponseInput,
} from '@headrace/protocol';
import { AddressMap } from './address-map.ts';
import { LinkGate, type Direction } from './link-gate.ts';
import { onFrames, withLength } from './frames.ts';

/** A request on its way through the proxy. */
export interface ProxiedRequest {
  readonly api: ApiDefinition;
  readonly version: number;
  /** Counts the requests of this key, from 0. */
  readonly nth: number;
  /** The frame as it came, without its length. */
  readonly frame: Buffer;
}

/** An answer as data. */
export type Answer = Readonly<Record<string, unknown>>;

/**
 * What happens to a request. `swallow`: it never arrives. `cutBefore`: the connection ends in its place. `loseAnswer`: the broker acts, its answer is
 * lost and the connection ends. `holdAnswer`: the broker acts, its answer never comes and the connection stays. After an answer that does not come
 * none comes on that connection, as answers keep the order of requests. A function rewrites the answer.
 */
export type Fault = 'pass' | 'swallow' | 'cutBefore' | 'loseAnswer' | 'holdAnswer' | ((answer: Answer) => Answer);

interface InFlight extends Omit<ProxiedRequest, 'frame'> {
  readonly correlationId: number;
  readonly fault: Fault;
}

/** Keys whose answers name brokers. */
const addressed: readonly number[] = [metadataApi.key, findCoordinatorApi.key];

/**
 * Stands between clients and one broker, reads the frames of both directions and does what it is told to some of them. Addresses in
 * answers are replaced by its own, so that clients stay behind it.
 */
export class FaultProxy {
  /** Decides about each request; passes all unless a test says otherwise. */
  decide: (request: ProxiedRequest) => Fault = () => 'pass';
  /** How often each fault has hit, by its name and the name of the request. */
  readonly hits = new Map<string, number>();
  /** The session timeout with which members join, whatever they ask for: what waits for the end of a session need not wait long. */
  sessionTimeoutMs: number | null = null;
  readonly port: number;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #addresses: AddressMap;
  readonly #sockets = new Set<Socket>();
  readonly #gates = new Set<LinkGate>();
  readonly #counts = new Map<number, number>();
  #blocked: Direction | null = null;

  private constructor(server: Server, target: { readonly host: string; readonly port: number }, addresses: AddressMap) {
    this.#server = server;
    this.#target = target;
    this.#addresses = addresses;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Starts a proxy in front of a broker at `host:port`; those in front of the brokers of one cluster share an address map. */
  static async start(bootstrap: string, addresses = new AddressMap()): Promise<FaultProxy> {
    const [host = '', port = ''] = bootstrap.split(':');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new FaultProxy(server, { host, port: Number(port) }, addresses);
    addresses.set(bootstrap, { host: '127.0.0.1', port: proxy.port });
    server.on('connection', (client) => proxy.#serve(client));
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Counts the hits of faults whose name begins so. */
  hitsOf(name: string): number {
    return [...this.hits].reduce((sum, [hit, count]) => (hit.startsWith(name) ? sum + count : sum), 0);
  }

  /** Ends all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Lets nothing through in a direction, without ending a connection; new ones are accepted and as silent. */
  block(direction: Direction): void {
    this.#blocked = direction;
    for (const gate of this.#gates) gate.block(direction);
  }

  /** Lets everything through again. What was held is delivered late, or the connections of that time stay silent for ever. */
  unblock(held: 'delivered' | 'silent'): void {
    this.#blocked = null;
    for (const gate of this.#gates) gate.unblock(held);
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    const broker = connect(this.#target);
    const inFlight: InFlight[] = [];
    const gate = new LinkGate(this.#blocked);
    this.#gates.add(gate);
    const end = (): void => {
      client.destroy();
      broker.destroy();
      this.#gates.delete(gate);
    };
    for (const [socket, way] of [
      [client, 'toBroker'],
      [broker, 'toClient'],
    ] as const) {
      this.#sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          this.#sockets.delete(socket);
          // The end of a connection travels as its bytes do.
          gate.pass(way, end);
        });
    }
    onFrames(client, (frame) => gate.pass('toBroker', () => this.#request(frame, broker, inFlight, end)));
    onFrames(broker, (frame) => gate.pass('toClient', () => this.#answer(frame, client, inFlight, end)));
  }

  #request(frame: Buffer, broker: Socket, inFlight: InFlight[], end: () => void): void {
    const { api, header } = readRequestFrame(frame);
    if (api === null) throw new Error(`key ${header.key} is not described`);
    const nth = this.#counts.get(api.key) ?? 0;
    this.#counts.set(api.key, nth + 1);
    const request = { api, version: header.version, nth };
    const fault = this.decide({ ...request, frame });
    if (fault !== 'pass') this.#hit(fault, api);
    if (fault === 'cutBefore') return end();
    if (fault === 'swallow') {
      inFlight.push({ ...request, correlationId: header.correlationId, fault: 'holdAnswer' });
      return;
    }
    inFlight.push({ ...request, correlationId: header.correlationId, fault });
    broker.write(withLength(this.#altered(api, header, frame)));
  }

  #altered(api: ApiDefinition, header: RequestHeader, frame: Buffer): Buffer {
    if (this.sessionTimeoutMs === null || api.key !== joinGroupApi.key) return frame;
    const body = readRequest(joinGroupApi, readRequestFrame(frame));
    return writeRequest(joinGroupApi, header, { ...body, sessionTimeoutMs: this.sessionTimeoutMs }).subarray(4);
  }

  #answer(frame: Buffer, client: Socket, inFlight: InFlight[], end: () => void): void {
    const [request] = inFlight;
    if (request === undefined) throw new Error('an answer without a request');
    const { api, version, correlationId, fault } = request;
    if (fault === 'holdAnswer') return;
    inFlight.shift();
    if (fault === 'loseAnswer') return end();
    if (fault === 'pass' && !addressed.includes(api.key)) {
      client.write(withLength(frame));
      return;
    }
    const answer = this.#addresses.behind(readResponse(api, version, frame) as Answer);
    const changed = typeof fault === 'function' ? fault(answer) : answer;
    client.write(writeResponse(api, { version, correlationId }, changed as ResponseInput<ApiDefinition>));
  }

  #hit(fault: Fault, api: ApiDefinition): void {
    const name = `${typeof fault === 'function' ? 'rewrite' : fault} ${api.name}`;
    this.hits.set(name, (this.hits.get(name) ?? 0) + 1);
  }
}
