import type { Clock, ClusterDefinition } from '@headrace/core';

/** What kafkajs has to say, for a log; `details` never hold records. */
export type KafkaLogger = (
  level: 'error' | 'warn' | 'info' | 'debug',
  message: string,
  details: Readonly<Record<string, unknown>>,
) => void;

/** The times and sizes of a connection; sizes in bytes. */
export interface KafkaTuning {
  /** How long a member may be silent before its partitions go to others. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** How long the members may take to join anew. */
  readonly rebalanceTimeoutMs: number;
  /** How long a fetch waits for data, and so how long a reopened partition may wait for its first fetch. */
  readonly maxWaitMs: number;
  /** How much is fetched of a partition at once. */
  readonly maxFetchBytes: number;
  /** How much a partition buffers before its fetch pauses; one fetch may go beyond. */
  readonly maxBufferedBytes: number;
  /** How long leaving and closing may take. */
  readonly disconnectTimeoutMs: number;
}

/** The tuning where nothing else is said. */
export const defaultTuning: KafkaTuning = {
  sessionTimeoutMs: 10_000,
  heartbeatMs: 1000,
  rebalanceTimeoutMs: 60_000,
  maxWaitMs: 100,
  maxFetchBytes: 1 << 20,
  maxBufferedBytes: 2 << 20,
  disconnectTimeoutMs: 5000,
};

/** Where and how to connect. */
export interface KafkaLogOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** The group that `join` and `committed` are about. */
  readonly group: string;
  /** Options of Node's TLS; an empty object takes its defaults. */
  readonly tls?: Readonly<Record<string, unknown>>;
  readonly sasl?: ClusterDefinition['sasl'];
  /** Receives what kafkajs logs; without one nothing is logged. */
  readonly logger?: KafkaLogger;
  readonly clock: Clock;
  /** Ends every reader where its partition ended when it was first opened. */
  readonly bounded?: boolean;
  readonly tuning?: Partial<KafkaTuning>;
}
