import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  apis,
  apiVersionsApi,
  readRequest,
  readRequestFrame,
  writeResponse,
  type ApiDefinition,
  type ResponseInput,
} from '@headrace/protocol';

/** A request as the script sees it. */
export interface ScriptedRequest {
  readonly api: ApiDefinition;
  readonly version: number;
  readonly correlationId: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Answers the request; may be called when and as often as the script likes. */
  readonly answer: (body: object, correlationId?: number) => void;
  readonly socket: Socket;
}

/** A server that speaks Kafka's frames and answers as a script says. ApiVersions is answered by itself, with all that is described. */
export class ScriptedBroker {
  /** How many connections were made so far. */
  connections = 0;
  /** The names of the requests so far, ApiVersions left out. */
  readonly requests: string[] = [];
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(script: (request: ScriptedRequest) => void): Promise<ScriptedBroker> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const broker = new ScriptedBroker(server);
    server.on('connection', (socket) => broker.#serve(socket, script));
    return broker;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Ends all connections as a killed broker does. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket, script: (request: ScriptedRequest) => void): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const frame = rest.subarray(4, 4 + rest.readInt32BE(0));
        rest = rest.subarray(4 + frame.length);
        this.#handle(socket, frame, script);
      }
    });
  }

  #handle(socket: Socket, frame: Buffer, script: (request: ScriptedRequest) => void): void {
    const request = readRequestFrame(frame);
    const { api, header } = request;
    if (api === null) throw new Error(`key ${header.key} is not described`);
    const { version } = header;
    const answer = (body: object, correlationId = header.correlationId): void => {
      socket.write(
        writeResponse(api, { version, correlationId }, { errorCode: 0, ...body } as ResponseInput<ApiDefinition>),
      );
    };
    if (api.key === apiVersionsApi.key) {
      answer({
        apiKeys: apis.map((each) => ({ apiKey: each.key, minVersion: each.versions[0], maxVersion: each.versions[1] })),
        finalizedFeatures: [{ name: 'transaction.version', maxVersionLevel: 2, minVersionLevel: 0 }],
      });
      return;
    }
    this.requests.push(api.name);
    const body = readRequest(api, request) as Readonly<Record<string, unknown>>;
    script({ api, version, correlationId: header.correlationId, body, answer, socket });
  }
}
