import type { Clock, TopologyHashes } from '@headrace/core';
import type { Connections } from '@headrace/protocol';
import type { SaslOptions } from './network/sasl/sasl-options.ts';
import type { TlsSource } from './network/tls-options.ts';

/** What the client has to say, for a log; `details` never hold records. */
export type KafkaLogger = (
  level: 'error' | 'warn' | 'info' | 'debug',
  message: string,
  details: Readonly<Record<string, unknown>>,
) => void;

/** The times and sizes of a connection; sizes in bytes. */
export interface KafkaTuning {
  /** How long a member may be silent before its partitions go to others. */
  readonly sessionTimeoutMs: number;
  /** How often a member says that it lives, and so how soon it hears of a rebalance. */
  readonly heartbeatMs: number;
  /** How long the members may take to join anew. */
  readonly rebalanceTimeoutMs: number;
  /** How often the topics are looked at for new partitions and names. */
  readonly metadataMs: number;
  /** How long a broker may wait for records, and so how long a partition that goes on may wait behind idle ones. */
  readonly maxWaitMs: number;
  /** How much is fetched of a partition at once. */
  readonly maxFetchBytes: number;
  /** How much a partition buffers before its fetch pauses; one fetch may go beyond. */
  readonly maxBufferedBytes: number;
  /** How long a socket, and each step of the greeting, may take. */
  readonly connectTimeoutMs: number;
  /** How long one answer may take. */
  readonly requestTimeoutMs: number;
  /** How long records are tried to be appended before their sink hears of it. */
  readonly deliveryTimeoutMs: number;
}

/** The tuning where nothing else is said. */
export const defaultTuning: KafkaTuning = {
  sessionTimeoutMs: 10_000,
  heartbeatMs: 500,
  rebalanceTimeoutMs: 60_000,
  metadataMs: 30_000,
  maxWaitMs: 250,
  maxFetchBytes: 1 << 20,
  maxBufferedBytes: 2 << 20,
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  deliveryTimeoutMs: 120_000,
};

/** Where and how to connect. */
export interface KafkaLogOptions {
  /** Where the brokers are, `host:port`; nobody looks at them where `openConnections` is given. */
  readonly brokers: readonly string[];
  /**
   * Opens connections in the place of sockets, once for the log and once for each further membership: those of an embedded broker,
   * `() => broker.connections()`. The log closes them. `tls`, `sasl` and `tuning.connectTimeoutMs` do not matter then.
   */
  readonly openConnections?: () => Connections;
  readonly clientId: string;
  /** The group that `join` and `committed` are about. */
  readonly group: string;
  /** How the brokers are trusted; an empty object trusts the authorities that Node knows. A function is asked for each connection. */
  readonly tls?: TlsSource;
  readonly sasl?: SaslOptions;
  /** Receives what the client has to say; without one nothing is logged. */
  readonly logger?: KafkaLogger;
  readonly clock: Clock;
  /** Ends every reader where its partition ended when it was first opened. */
  readonly bounded?: boolean;
  /** Makes the member static: it keeps its place in the group while it restarts within the session. */
  readonly instanceId?: string;
  /** Tells members of another topology, or of another version of this one, apart. */
  readonly topology?: TopologyHashes;
  /** Names a task that has made no progress for too long, or null: the member of such a task leaves, so that others take over. */
  readonly stalled?: () => string | null;
  readonly tuning?: Partial<KafkaTuning>;
}
