import { gunzipSync, gzipSync } from 'node:zlib';
import type { Compressions, Connections } from '@headrace/protocol';
import type { BrokerClock } from './clock/broker-clock.ts';
import { systemClock } from './clock/system-clock.ts';
import { Timers } from './clock/timers.ts';
import { defaultSettings, type BrokerSettings } from './cluster/broker-settings.ts';
import { Cluster } from './cluster/cluster.ts';
import { FetchSessions } from './handlers/fetch-sessions.ts';
import { Listener } from './server/listener.ts';
import { ProcessConnections, type ProcessConnectionsOptions } from './server/process-connections.ts';
import type { ChannelEnvironment } from './server/request-channel.ts';

/** What the command prints when the broker is ready. */
export const brokerBanner =
  'This broker is for development and tests only: it keeps one copy of everything and checks nobody.';

/** What may be chosen about a broker; nothing need be. */
export interface BrokerOptions extends Partial<BrokerSettings> {
  /** Default: the machine's. */
  readonly clock?: BrokerClock;
  /** What may be read of compressed batches, to look records up by time, beside gzip. */
  readonly compressions?: Compressions;
  /** Is told of the broker's own failures. Default: they are thrown as uncaught exceptions would be, on a later turn. */
  readonly report?: (error: unknown) => void;
}

/** Where a broker listens. */
export interface ListenOptions {
  /** Default: `127.0.0.1`. Anybody who reaches it may do everything. */
  readonly host?: string;
  /** The port of the first node; the others follow it. Default: any that are free. */
  readonly port?: number;
}

/** A broker inside this process that plays the nodes of a cluster of Kafka, for development and tests only. */
export class EmbeddedBroker {
  readonly #cluster: Cluster;
  readonly #report: (error: unknown) => void;
  readonly #listeners = new Map<number, Listener>();
  readonly #sessions = new Map<number, FetchSessions>();
  readonly #inProcess = new Set<ProcessConnections>();

  constructor(options: BrokerOptions = {}) {
    const { clock = systemClock, compressions, report = throwLater, ...settings } = options;
    this.#report = report;
    this.#cluster = new Cluster({ ...defaultSettings, ...settings }, new Timers(clock), { gzip, ...compressions });
    for (const { id } of this.#cluster.nodes.all) this.#sessions.set(id, new FetchSessions());
  }

  /** The identity of the cluster, 16 bytes in base64url. */
  get clusterId(): string {
    return this.#cluster.id;
  }

  /** The addresses of the nodes, `127.0.0.1:9092,127.0.0.1:9093`; empty before `listen`. */
  get bootstrap(): string {
    return this.#cluster.nodes.all.flatMap(({ host, port }) => (port > 0 ? [`${host}:${port}`] : [])).join(',');
  }

  /** Opens a port for each node; rejects where one is taken. */
  async listen({ host = '127.0.0.1', port = 0 }: ListenOptions = {}): Promise<void> {
    for (const [index, node] of this.#cluster.nodes.all.entries()) {
      const options = { node: node.id, host, port: port === 0 ? 0 : port + index };
      const listener = await Listener.open({
        ...options,
        ...this.#environmentOf(node.id),
        maxRequestBytes: this.#cluster.settings.maxRequestBytes,
      });
      this.#listeners.set(node.id, listener);
      node.host = host;
      node.port = listener.port;
    }
  }

  /** Returns connections that need no port. */
  connections(options: ProcessConnectionsOptions = {}): Connections {
    const connections = new ProcessConnections(this.#cluster, (node) => this.#environmentOf(node), options);
    this.#inProcess.add(connections);
    return connections;
  }

  /** Ends all nodes and connections; what they held is gone. */
  async close(): Promise<void> {
    this.#cluster.clock.close();
    await Promise.all([...this.#inProcess].map((connections) => connections.close()));
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()));
    this.#listeners.clear();
  }

  #environmentOf(node: number): ChannelEnvironment {
    const sessions = this.#sessions.get(node) as FetchSessions;
    return { cluster: this.#cluster, sessions, report: this.#report };
  }
}

const gzip = {
  compress: (records: Uint8Array) => gzipSync(records),
  decompress: (compressed: Uint8Array, maxBytes: number) => gunzipSync(compressed, { maxOutputLength: maxBytes }),
};

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
