import type { ApiDefinition, RequestInput, RequestOf, ResponseInput } from '@headrace/protocol';

/** A request that has come, as a rule sees it. */
export interface SeenRequest<A extends ApiDefinition = ApiDefinition> {
  readonly api: ApiDefinition;
  readonly version: number;
  readonly node: number;
  readonly clientId: string;
  readonly body: RequestOf<A>;
  /** The number of this request among those that the rule has seen, from 1 on. */
  readonly nth: number;
}

/** An answer that is about to be sent, with its request. */
export interface SeenResponse<A extends ApiDefinition = ApiDefinition> extends SeenRequest<A> {
  readonly response: ResponseInput<A>;
}

/** What is done with a request in place of handling it. */
export type RequestFault<A extends ApiDefinition = ApiDefinition> =
  /** It is handled later; what comes behind it on the connection waits. */
  | { readonly do: 'delay'; readonly ms: number }
  /** It is never handled, and the connection answers nothing more. */
  | { readonly do: 'drop' }
  /** It is not handled, and the connection ends. */
  | { readonly do: 'cut' }
  /** Another is handled in its place. */
  | { readonly do: 'rewrite'; readonly body: RequestInput<A> }
  /** It is not handled, and answered so. */
  | { readonly do: 'answer'; readonly response: ResponseInput<A> };

/** What is done with the answer to a request that has been handled. */
export type ResponseFault<A extends ApiDefinition = ApiDefinition> =
  /** It is sent later. */
  | { readonly do: 'delay'; readonly ms: number }
  /** It is never sent, and the connection answers nothing more. */
  | { readonly do: 'drop' }
  /** The connection ends without it. */
  | { readonly do: 'cut' }
  /** So many bytes of its frame are sent, half of it unless said, and the connection ends. */
  | { readonly do: 'cutMidFrame'; readonly bytes?: number }
  /** Another is sent in its place. */
  | { readonly do: 'rewrite'; readonly response: ResponseInput<A> };

interface Rule<Seen, Fault> {
  readonly key: number;
  readonly decide: (seen: Seen) => Fault | undefined;
  seen: number;
}

/** The rules by which a broker misbehaves. The first that decides about a request or an answer wins. */
export class Faults {
  readonly #requests = new Set<Rule<SeenRequest, RequestFault>>();
  readonly #responses = new Set<Rule<SeenResponse, ResponseFault>>();

  /** Asks `decide` about each request of a key, until the result is called; undefined lets it pass. */
  onRequest<A extends ApiDefinition>(
    api: A,
    decide: (seen: SeenRequest<A>) => RequestFault<A> | undefined,
  ): () => void {
    return add(this.#requests, api, decide as (seen: SeenRequest) => RequestFault | undefined);
  }

  /** Asks `decide` about each answer to a key, until the result is called; undefined lets it pass. */
  onResponse<A extends ApiDefinition>(
    api: A,
    decide: (seen: SeenResponse<A>) => ResponseFault<A> | undefined,
  ): () => void {
    return add(this.#responses, api, decide as (seen: SeenResponse) => ResponseFault | undefined);
  }

  /** Takes all rules away. */
  clear(): void {
    this.#requests.clear();
    this.#responses.clear();
  }

  /** Returns what is done with a request; undefined where it is handled. */
  ofRequest(seen: Omit<SeenRequest, 'nth'>): RequestFault | undefined {
    return decided(this.#requests, seen.api.key, (nth) => ({ ...seen, nth }));
  }

  /** Returns what is done with an answer; undefined where it is sent. */
  ofResponse(seen: Omit<SeenResponse, 'nth'>): ResponseFault | undefined {
    return decided(this.#responses, seen.api.key, (nth) => ({ ...seen, nth }));
  }
}

function add<Seen, Fault>(
  rules: Set<Rule<Seen, Fault>>,
  { key }: ApiDefinition,
  decide: (seen: Seen) => Fault | undefined,
): () => void {
  const rule = { key, decide, seen: 0 };
  rules.add(rule);
  return () => rules.delete(rule);
}

function decided<Seen, Fault>(
  rules: ReadonlySet<Rule<Seen, Fault>>,
  key: number,
  seenAs: (nth: number) => Seen,
): Fault | undefined {
  for (const rule of rules) {
    if (rule.key !== key) continue;
    rule.seen += 1;
    const fault = rule.decide(seenAs(rule.seen));
    if (fault !== undefined) return fault;
  }
  return undefined;
}
