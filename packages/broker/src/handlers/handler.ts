import type { ApiDefinition, RequestOf, ResponseInput, VersionRange } from '@headrace/protocol';
import type { Cluster } from '../cluster/cluster.ts';
import type { FetchSessions } from './fetch-sessions.ts';

/** What goes with a request beside its body. */
export interface RequestContext {
  readonly cluster: Cluster;
  /** The node that was asked. */
  readonly node: number;
  readonly version: number;
  readonly clientId: string;
  /** Where the client is, as groups tell it: `/127.0.0.1`. */
  readonly clientHost: string;
  /** Aborts when the connection ends: whoever waits for its sake stops. */
  readonly closed: AbortSignal;
  /** The fetch sessions of the node. */
  readonly sessions: FetchSessions;
}

/** Answers the requests of one key. */
export interface Handler {
  readonly api: ApiDefinition;
  /** The versions that are offered. */
  readonly versions: VersionRange;
  /** Returns the answer, one that comes later, or null where the client wants none. */
  answer(request: unknown, context: RequestContext): unknown;
}

/** Makes a handler whose answer has the types of its key. `newest` is the last version that is offered; that of the definition unless given. */
export function handler<A extends ApiDefinition>(
  api: A,
  answer: (request: RequestOf<A>, context: RequestContext) => ResponseInput<A> | Promise<ResponseInput<A>> | null,
  newest: number = api.versions[1],
): Handler {
  return {
    api,
    versions: [api.versions[0], newest],
    answer: (request, context) => answer(request as RequestOf<A>, context),
  };
}
