import { HeadraceError } from '@headrace/core';
import type {
  ApiDefinition,
  BrokerAddress,
  BrokerVersions,
  ConnectionRole,
  Connections,
  RequestInput,
  RequestOptions,
  ResponseOf,
} from '@headrace/protocol';
import { formatBrokerAddress, parseBrokerAddress, type HostAndPort } from './broker-address.ts';
import { BrokerConnection, type ConnectionSettings } from './broker-connection.ts';
import { unavailable } from './connection-error.ts';
import { ReconnectPauses } from './reconnect-pauses.ts';

/** How to reach a cluster. */
export interface SocketConnectionsOptions extends ConnectionSettings {
  /** Brokers to begin with, `host:port`. */
  readonly brokers: readonly string[];
}

const stableAfterMs = 1000;

/**
 * Connections to the brokers of a cluster over sockets: one for each broker and role, made when first used and again when it has
 * ended, never two at once. Addresses that fail are tried again after a pause that grows. Where a broker does not answer in time on one
 * connection, the others to it that have been as silent end with it.
 */
export class SocketConnections implements Connections {
  readonly #options: SocketConnectionsOptions;
  readonly #bootstrap: readonly HostAndPort[];
  readonly #pauses: ReconnectPauses;
  readonly #open = new Map<string, Promise<BrokerConnection>>();
  readonly #live = new Map<BrokerConnection, HostAndPort>();
  #brokers = new Map<number, HostAndPort>();
  #wakeAll: (() => void)[] = [];
  #closed = false;

  constructor(options: SocketConnectionsOptions) {
    this.#options = options;
    this.#bootstrap = options.brokers.map(parseBrokerAddress);
    this.#pauses = new ReconnectPauses(options.clock);
  }

  async versions(broker: BrokerAddress, role: ConnectionRole): Promise<BrokerVersions> {
    return (await this.#connection(broker, role)).versions;
  }

  async send<A extends ApiDefinition>(
    broker: BrokerAddress,
    role: ConnectionRole,
    api: A,
    version: number,
    body: RequestInput<A>,
    options: RequestOptions,
  ): Promise<ResponseOf<A> | null> {
    const connection = await this.#connection(broker, role);
    return connection.send(api, version, body, options);
  }

  learn(brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[]): void {
    this.#brokers = new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#wakeAll.splice(0)) wake();
    for (const connection of this.#live.keys()) connection.end(closedError());
    await Promise.allSettled(this.#open.values());
  }

  #connection(broker: BrokerAddress, role: ConnectionRole): Promise<BrokerConnection> {
    if (this.#closed) return Promise.reject(closedError());
    const key = `${broker}/${role}`;
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    const opening = broker === 'any' ? this.#connectToAny() : this.#connectTo(broker);
    this.#open.set(key, opening);
    const forget = (): void => {
      if (this.#open.get(key) === opening) this.#open.delete(key);
    };
    opening.then((connection) => {
      if (!connection.isOpen) forget();
      void connection.ended.then(forget);
    }, forget);
    return opening;
  }

  async #connectTo(broker: number): Promise<BrokerConnection> {
    const address = this.#brokers.get(broker);
    if (address === undefined)
      throw new HeadraceError('KAFKA_UNAVAILABLE', `Broker ${broker} is not known: the cluster did not list it.`, {
        retryable: true,
      });
    return this.#connect(address);
  }

  /** Tries each address once, those that may be tried now first. What another address could not mend ends the search. */
  async #connectToAny(): Promise<BrokerConnection> {
    const known = new Map<string, HostAndPort>();
    for (const address of shuffled([...this.#brokers.values(), ...this.#bootstrap]))
      known.set(formatBrokerAddress(address), address);
    const candidates = [...known].sort(([a], [b]) => this.#pauses.leftMs(a) - this.#pauses.leftMs(b));
    const failures: HeadraceError[] = [];
    for (const [, address] of candidates) {
      try {
        return await this.#connect(address);
      } catch (error) {
        if (!(error instanceof HeadraceError) || !error.retryable) throw error;
        failures.push(error);
      }
    }
    const [only] = failures;
    if (failures.length === 1 && only !== undefined) throw only;
    const message = `None of the brokers can be reached. ${failures.map((error) => error.message).join(' ')}`;
    throw new HeadraceError('KAFKA_UNAVAILABLE', message, { retryable: true, cause: only });
  }

  async #connect(address: HostAndPort): Promise<BrokerConnection> {
    const key = formatBrokerAddress(address);
    await this.#sleep(this.#pauses.leftMs(key));
    if (this.#closed) throw closedError();
    let connection: BrokerConnection;
    try {
      connection = await BrokerConnection.open(address, this.#options);
    } catch (error) {
      this.#pauses.failed(key);
      throw error;
    }
    this.#live.set(connection, address);
    const openedAt = this.#options.clock.monotonic();
    void connection.ended.then(() => {
      this.#live.delete(connection);
      if (connection.silentSince !== null) this.#endSilent(address, connection.silentSince);
      // One that ends at once is no better than one that is not made: a listener that wants a login ends it so.
      const isShort = this.#options.clock.monotonic() - openedAt < stableAfterMs;
      if (isShort && !connection.wasGivenUp) this.#pauses.failed(key);
      else this.#pauses.succeeded(key);
    });
    // `close` may have come while the connection was made.
    if (this.#closed) connection.end(closedError());
    return connection;
  }

  /**
   * A network that has lost a connection without a word has lost those beside it, and these may wait for much longer: a join for a minute
   * and a half. One that has been heard since is alive.
   */
  #endSilent(address: HostAndPort, since: number): void {
    const key = formatBrokerAddress(address);
    for (const [connection, other] of this.#live)
      if (formatBrokerAddress(other) === key && connection.heardAt < since)
        connection.end(
          unavailable(address, 'has not answered on another connection, nor been heard on this one since'),
        );
  }

  #sleep(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#wakeAll = this.#wakeAll.filter((other) => other !== wake);
        resolve();
      };
      const cancel = this.#options.clock.after(ms, wake);
      this.#wakeAll.push(wake);
    });
  }
}

function closedError(): HeadraceError {
  return new HeadraceError('LOG_CLOSED', 'The connection to Kafka is closed.');
}

function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
