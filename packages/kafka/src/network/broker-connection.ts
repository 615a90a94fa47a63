import type { Clock } from '@headrace/core';
import {
  apiVersionsApi,
  errorCode,
  kafkaError,
  type ApiDefinition,
  type BrokerVersions,
  type RequestInput,
  type RequestOptions,
  type ResponseOf,
} from '@headrace/protocol';
import { HeadraceError } from '@headrace/core';
import type { HostAndPort } from './broker-address.ts';
import { brokerVersions } from './broker-versions.ts';
import { clientSoftware } from './client-software.ts';
import { unavailable } from './connection-error.ts';
import { logIn } from './log-in.ts';
import { openSocket } from './open-socket.ts';
import { RequestPipe } from './request-pipe.ts';
import type { SaslOptions } from './sasl/sasl-options.ts';
import type { TlsSource } from './tls-options.ts';

/** How connections are made; times in milliseconds, sizes in bytes. */
export interface ConnectionSettings {
  readonly clientId: string;
  /** A function is asked for each connection: certificates change while a process runs. */
  readonly tls: TlsSource | null;
  readonly sasl: SaslOptions | null;
  readonly clock: Clock;
  /** How long a socket, and each step of the greeting, may take. */
  readonly connectTimeoutMs: number;
  /** The longest answer that is taken. */
  readonly maxFrameBytes: number;
}

/**
 * A connection to one broker that is ready for requests: versions are known and the login is done. It logs in again before the broker
 * would end the session (KIP-368), and stays silent for as long as a broker says that it wants (KIP-219); requests keep their order.
 */
export class BrokerConnection {
  readonly versions: BrokerVersions;
  readonly #settings: ConnectionSettings;
  readonly #address: HostAndPort;
  readonly #pipe: RequestPipe;
  #loginEndsAt = Infinity;
  /** Requests that wait until the connection may be used again; null while it may. */
  #held: (() => void)[] | null = null;

  private constructor(settings: ConnectionSettings, address: HostAndPort, pipe: RequestPipe, versions: BrokerVersions) {
    this.#settings = settings;
    this.#address = address;
    this.#pipe = pipe;
    this.versions = versions;
    void pipe.ended.then(() => this.#release());
  }

  /** Connects, asks for versions and logs in. */
  static async open(address: HostAndPort, settings: ConnectionSettings): Promise<BrokerConnection> {
    const { clientId, clock, connectTimeoutMs, maxFrameBytes } = settings;
    const tls = typeof settings.tls === 'function' ? await settings.tls() : settings.tls;
    const socket = await openSocket({ address, tls, timeoutMs: connectTimeoutMs, clock });
    const pipe = new RequestPipe({ socket, address, clientId, tls: tls !== null, maxFrameBytes, clock });
    try {
      const connection = new BrokerConnection(settings, address, pipe, await askVersions(pipe, connectTimeoutMs));
      await connection.#logIn();
      return connection;
    } catch (error) {
      pipe.end(error instanceof HeadraceError ? error : unavailable(address, 'was not greeted', error));
      throw error;
    }
  }

  /** Settles, with the reason, when the connection has ended. */
  get ended(): Promise<HeadraceError> {
    return this.#pipe.ended;
  }

  /** Tells whether the connection was ended to be rid of a request that a broker holds. */
  get wasGivenUp(): boolean {
    return this.#pipe.wasGivenUp;
  }

  get isOpen(): boolean {
    return this.#pipe.endedBy === null;
  }

  /** When something came from the broker last, by the clock's time that never goes back. */
  get heardAt(): number {
    return this.#pipe.heardAt;
  }

  /** When the request was sent whose answer took too long and ended the connection; null where it lives or has ended otherwise. */
  get silentSince(): number | null {
    return this.#pipe.silentSince;
  }

  /** Sends a request. Rejects when the connection ends before the answer, which a request that takes too long brings about. */
  send<A extends ApiDefinition>(
    api: A,
    version: number,
    body: RequestInput<A>,
    options: RequestOptions,
  ): Promise<ResponseOf<A> | null> {
    if (this.#held === null && this.#settings.clock.monotonic() >= this.#loginEndsAt) this.#renewLogin();
    if (this.#held === null) return this.#request(api, version, body, options);
    const held = this.#held;
    return new Promise((resolve, reject) => {
      held.push(() => void this.#request(api, version, body, options).then(resolve, reject));
    });
  }

  /** Ends the connection; requests that wait reject with the error. */
  end(error: HeadraceError): void {
    this.#pipe.end(error);
  }

  async #request<A extends ApiDefinition>(
    api: A,
    version: number,
    body: RequestInput<A>,
    options: RequestOptions,
  ): Promise<ResponseOf<A> | null> {
    const response = await this.#pipe.send(api, version, body, options);
    const throttleMs = (response as { throttleTimeMs?: number } | null)?.throttleTimeMs ?? 0;
    if (throttleMs > 0) this.#pause(throttleMs);
    return response;
  }

  #pause(ms: number): void {
    if (this.#held !== null) return;
    this.#held = [];
    const cancel = this.#settings.clock.after(ms, () => this.#release());
    void this.#pipe.ended.then(cancel);
  }

  #renewLogin(): void {
    this.#held = [];
    void this.#logIn().then(
      () => this.#release(),
      (error: unknown) =>
        this.#pipe.end(error instanceof HeadraceError ? error : unavailable(this.#address, 'ended the login', error)),
    );
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const request of held) request();
  }

  async #logIn(): Promise<void> {
    const { sasl, tls, clock, connectTimeoutMs } = this.#settings;
    if (sasl === null) return;
    const lifetimeMs = await logIn({
      pipe: this.#pipe,
      versions: this.versions,
      address: this.#address,
      sasl,
      tls: tls !== null,
      timeoutMs: connectTimeoutMs,
    });
    // Not all connections of all workers at the same moment.
    const share = 0.8 + Math.random() * 0.1;
    this.#loginEndsAt = lifetimeMs > 0 ? clock.monotonic() + lifetimeMs * share : Infinity;
  }
}

/** Asks in the newest version that this side knows; a broker that does not know it says so in version 0. */
async function askVersions(pipe: RequestPipe, timeoutMs: number): Promise<BrokerVersions> {
  let answer = await pipe.send(apiVersionsApi, 3, clientSoftware, { timeoutMs });
  if (answer?.errorCode === errorCode('UNSUPPORTED_VERSION'))
    answer = await pipe.send(apiVersionsApi, 0, {}, { timeoutMs });
  if (answer === null || answer.errorCode !== errorCode('NONE'))
    throw new HeadraceError(
      'KAFKA_FAILED',
      `A broker did not say which versions it speaks: ${kafkaError(answer?.errorCode ?? -1).name}.`,
    );
  return brokerVersions(answer);
}
