import { connect, type Socket } from 'node:net';
import {
  apiVersionsApi,
  commonVersion,
  readResponse,
  writeRequest,
  type ApiDefinition,
  type RequestInput,
  type ResponseOf,
} from '@headrace/protocol';

/** A connection that sends what it is told and shows what comes back: neither retries nor routes. */
export class WireClient {
  readonly #socket: Socket;
  readonly #waiting: { take(frame: Buffer): void; fail(error: Error): void }[] = [];
  #bytes = Buffer.alloc(0);
  #ranges = new Map<number, { readonly minVersion: number; readonly maxVersion: number }>();
  #correlationId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (piece: Buffer) => this.#receive(piece));
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const waiting of this.#waiting.splice(0)) waiting.fail(new Error('The broker ended the connection.'));
    });
  }

  /** Connects to `host:port` and asks for versions. */
  static async open(address: string): Promise<WireClient> {
    const [host = '', port] = address.split(':');
    const socket = connect({ host, port: Number(port), noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const client = new WireClient(socket);
    const { apiKeys } = await client.send(
      apiVersionsApi,
      { clientSoftwareName: 'test', clientSoftwareVersion: '1' },
      3,
    );
    client.#ranges = new Map(apiKeys.map((range) => [range.apiKey, range]));
    return client;
  }

  /** Sends a request, in the newest version that both sides speak unless one is given. */
  async send<A extends ApiDefinition>(api: A, body: RequestInput<A>, version?: number): Promise<ResponseOf<A>> {
    const chosen = version ?? commonVersion(api, this.#ranges.get(api.key) ?? { minVersion: 0, maxVersion: -1 });
    if (chosen === null) throw new Error(`The broker does not speak ${api.name}.`);
    const answer = this.sendRaw(
      writeRequest(api, { version: chosen, correlationId: this.#correlationId++, clientId: 'wire' }, body),
    );
    return readResponse(api, chosen, await answer);
  }

  /** Sends bytes and resolves with the next frame that comes, its length not included. */
  sendRaw(bytes: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ take: resolve, fail: reject });
      if (this.#socket.destroyed) reject(new Error('The broker ended the connection.'));
      else this.#socket.write(bytes);
    });
  }

  /** Sends bytes for which nothing comes back. */
  sendSilently(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(piece: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    while (this.#bytes.length >= 4 && this.#bytes.length >= 4 + this.#bytes.readInt32BE(0)) {
      const end = 4 + this.#bytes.readInt32BE(0);
      this.#waiting.shift()?.take(this.#bytes.subarray(4, end));
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}
