import type { ApiDefinition, RequestInput, ResponseOf } from './schema/api.ts';

/**
 * What a connection is for. A broker answers a connection in order, so what may wait long has one of its own:
 * a join never delays a beat, nor a fetch a produce.
 */
export type ConnectionRole = 'join' | 'group' | 'produce' | 'fetch' | 'metadata';

/** Says which broker a request goes to: one by its id, or any of the cluster. */
export type BrokerAddress = number | 'any';

/** Carries what goes with a request beside its body. */
export interface RequestOptions {
  /** How long an answer may take, in milliseconds; then the connection is ended, since its answers can no longer be matched. */
  readonly timeoutMs: number;
  /** Gives the request up: it rejects with the signal's reason, and a late answer is dropped. */
  readonly signal?: AbortSignal;
  /** Whether giving it up ends the connection, for what a broker may hold for long: else all that comes later waits behind it. */
  readonly endsConnection?: boolean;
  /** False for a produce request of acks 0, which has no answer: it resolves with null when it is written. */
  readonly expectsAnswer?: boolean;
}

/** The versions of a broker and its finalized features, as it told them when the connection was made. */
export interface BrokerVersions {
  /** Returns the greatest version of a key that both sides speak; null when there is none. */
  versionOf(api: ApiDefinition): number | null;
  /** Returns the finalized level of a feature, `transaction.version`; 0 when it has none. */
  featureOf(name: string): number;
}

/** Sends requests to the brokers of one cluster. `kafka` implements it over sockets, `broker` inside one process. */
export interface Connections {
  /** Tells what a broker speaks on the connection of a role, making the connection if needed. */
  versions(broker: BrokerAddress, role: ConnectionRole): Promise<BrokerVersions>;
  /**
   * Sends a request and resolves with the answer, error codes included. `version` is one that both sides speak.
   * Rejects when the connection cannot be made or ends before the answer: whether the broker acted is then unknown.
   */
  send<A extends ApiDefinition>(
    broker: BrokerAddress,
    role: ConnectionRole,
    api: A,
    version: number,
    body: RequestInput<A>,
    options: RequestOptions,
  ): Promise<ResponseOf<A> | null>;
  /** Tells where brokers are, as Metadata last said; later connections go there. */
  learn(brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[]): void;
  /** Ends all connections; requests that wait reject. */
  close(): Promise<void>;
}

/** Chooses the greatest version that both sides speak; null when the ranges do not meet. */
export function commonVersion(
  api: ApiDefinition,
  offered: { readonly minVersion: number; readonly maxVersion: number },
): number | null {
  const version = Math.min(api.versions[1], offered.maxVersion);
  return version >= Math.max(api.versions[0], offered.minVersion) ? version : null;
}
