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
import type { Cluster } from '../cluster/cluster.ts';
import { ProcessConnection } from './process-connection.ts';
import type { ChannelEnvironment } from './request-channel.ts';

/** Says who connects inside the process. */
export interface ProcessConnectionsOptions {
  /** What groups show as the client's name. Default: `headrace`. */
  readonly clientId?: string;
  /**
   * Makes the error with which requests reject whose connection cannot be made or has ended, so that it is one that the client takes
   * for passing. Default: an `Error`.
   */
  readonly unavailable?: (message: string) => Error;
}

/** Connections to the nodes of a broker in this process: one for each node and role, as over sockets. */
export class ProcessConnections implements Connections {
  readonly #cluster: Cluster;
  readonly #environmentOf: (node: number) => ChannelEnvironment;
  readonly #clientId: string;
  readonly #unavailable: (message: string) => Error;
  readonly #open = new Map<string, ProcessConnection>();
  #isClosed = false;

  constructor(
    cluster: Cluster,
    environmentOf: (node: number) => ChannelEnvironment,
    { clientId = 'headrace', unavailable = (message) => new Error(message) }: ProcessConnectionsOptions,
  ) {
    this.#cluster = cluster;
    this.#environmentOf = environmentOf;
    this.#clientId = clientId;
    this.#unavailable = unavailable;
  }

  async versions(broker: BrokerAddress, role: ConnectionRole): Promise<BrokerVersions> {
    return this.#connection(broker, role).versions();
  }

  async send<A extends ApiDefinition>(
    broker: BrokerAddress,
    role: ConnectionRole,
    api: A,
    version: number,
    body: RequestInput<A>,
    options: RequestOptions,
  ): Promise<ResponseOf<A> | null> {
    return this.#connection(broker, role).send(api, version, body, options);
  }

  /** Does nothing: the nodes are in this process. */
  learn(): void {}

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const connection of this.#open.values()) connection.end('The connections are closed.');
  }

  /** Cuts the connections to a node, as the end of its process would. */
  cut(node: number): void {
    for (const [key, connection] of this.#open)
      if (key.startsWith(`${node}/`)) connection.end(`Node ${node} ended the connection.`);
  }

  #connection(broker: BrokerAddress, role: ConnectionRole): ProcessConnection {
    const node = broker === 'any' ? (this.#cluster.nodes.up()[0]?.id ?? -1) : broker;
    if (this.#isClosed) throw this.#unavailable('The connections are closed.');
    if (!this.#cluster.nodes.isUp(node)) throw this.#unavailable(`Node ${broker} cannot be reached.`);
    const key = `${node}/${role}/${broker}`;
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    const connection: ProcessConnection = new ProcessConnection({
      ...this.#environmentOf(node),
      node,
      clientId: this.#clientId,
      clock: this.#cluster.clock,
      unavailable: this.#unavailable,
      ended: () => {
        if (this.#open.get(key) === connection) this.#open.delete(key);
      },
    });
    this.#open.set(key, connection);
    return connection;
  }
}
