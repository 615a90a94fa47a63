import { callSite, type CallSite } from './call-site.ts';
import { writtenOptions } from './written.ts';

/** The types of the records that leave a node, by port; `out` is the default one. */
export interface PortTypes {
  readonly [port: string]: unknown;
}

/** The type of what the default port carries. */
export type DefaultPort<P extends PortTypes> = P extends { readonly out: infer V } ? V : never;

/** The type of the records of a merge whose inputs differ: a field that one of them lacks may be null. */
export type Widened<A, B> = A extends object
  ? B extends object
    ? {
        readonly [K in keyof A | keyof B]: K extends keyof A
          ? K extends keyof B
            ? A[K] | B[K]
            : A[K] | null
          : K extends keyof B
            ? B[K] | null
            : never;
      }
    : A | B
  : A | B;

/** An operator that an author has written, waiting for its input: what `pipe` takes. */
export type StreamOperator<V, P extends PortTypes> = (input: Stream<{ readonly out: V }>) => Stream<P>;

/** A sink that an author has written, waiting for its input. */
export interface SinkSpec<V = unknown> {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly takes?: (value: V) => void;
}

/** A source that an author has written. */
export interface SourceSpec<V> {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly gives?: V;
}

/** Collects the nodes of a topology while its author writes them. */
export interface TopologyDraft {
  add(
    section: 'sources' | 'operators' | 'sinks',
    id: string,
    node: Readonly<Record<string, unknown>>,
    site: CallSite | null,
  ): void;
}

/** The records that leave a node: what an author composes topologies of, as with RxJS. It describes, and runs nothing. */
export class Stream<P extends PortTypes = PortTypes> {
  declare protected readonly ports?: P;
  readonly #draft: TopologyDraft;
  readonly #inputs: readonly string[];
  readonly #further: Readonly<Record<string, unknown>>;

  constructor(draft: TopologyDraft, inputs: readonly string[], further: Readonly<Record<string, unknown>> = {}) {
    this.#draft = draft;
    this.#inputs = inputs;
    this.#further = further;
  }

  /** Sends the records through operators, one after the other, and returns what leaves the last of them. */
  pipe<A extends PortTypes>(a: StreamOperator<DefaultPort<P>, A>): Stream<A>;
  pipe<A extends PortTypes, B extends PortTypes>(
    a: StreamOperator<DefaultPort<P>, A>,
    b: StreamOperator<DefaultPort<A>, B>,
  ): Stream<B>;
  pipe<A extends PortTypes, B extends PortTypes, C extends PortTypes>(
    a: StreamOperator<DefaultPort<P>, A>,
    b: StreamOperator<DefaultPort<A>, B>,
    c: StreamOperator<DefaultPort<B>, C>,
  ): Stream<C>;
  pipe<A extends PortTypes, B extends PortTypes, C extends PortTypes, D extends PortTypes>(
    a: StreamOperator<DefaultPort<P>, A>,
    b: StreamOperator<DefaultPort<A>, B>,
    c: StreamOperator<DefaultPort<B>, C>,
    d: StreamOperator<DefaultPort<C>, D>,
  ): Stream<D>;
  pipe<A extends PortTypes, B extends PortTypes, C extends PortTypes, D extends PortTypes, E extends PortTypes>(
    a: StreamOperator<DefaultPort<P>, A>,
    b: StreamOperator<DefaultPort<A>, B>,
    c: StreamOperator<DefaultPort<B>, C>,
    d: StreamOperator<DefaultPort<C>, D>,
    e: StreamOperator<DefaultPort<D>, E>,
  ): Stream<E>;
  pipe(...operators: readonly StreamOperator<never, PortTypes>[]): Stream {
    return operators.reduce<Stream>(
      (stream, operator) => operator(stream as Stream<{ readonly out: never }>),
      this as Stream,
    );
  }

  /** Returns the records that leave by another port. */
  port<N extends keyof P & string>(name: N): Stream<{ readonly out: P[N] }> {
    return new Stream(
      this.#draft,
      this.#inputs.map((input) => `${input}.${name}`),
      this.#further,
    );
  }

  /** Sends the records to a sink. What it refuses for good leaves by the port `error` of the result, if somebody reads it. */
  to(id: string, sink: SinkSpec<DefaultPort<P>>): Stream<{ readonly error: DefaultPort<P> }> {
    // The method is looked up on the stack, and not called.
    // oxlint-disable-next-line typescript/unbound-method
    this.#draft.add('sinks', id, this.#node(sink.type, sink.options), callSite(this.to));
    return new Stream(this.#draft, [id]);
  }

  /**
   * Returns these records together with those of others, in no particular order. With `widen` their types may differ: fields that some
   * lack are null in those, numbers become the wider type.
   */
  merge<V extends DefaultPort<P>>(
    others: readonly Stream<{ readonly out: V }>[],
    options?: { readonly widen?: false },
  ): Stream<{ readonly out: V }>;
  merge<V>(
    others: readonly Stream<{ readonly out: V }>[],
    options: { readonly widen: true },
  ): Stream<{ readonly out: Widened<DefaultPort<P>, V> }>;
  merge(others: readonly Stream<never>[], options: { readonly widen?: boolean } = {}): Stream<{ readonly out: never }> {
    return new Stream(
      this.#draft,
      [this, ...others].flatMap((stream) => (stream as Stream).#inputs),
      {
        ...(options.widen === true && { widen: true }),
      },
    );
  }

  /** Adds an operator that reads these records. Components call it; authors call `pipe`. */
  operator<O extends PortTypes>(type: string, id: string, options: object, site: CallSite | null): Stream<O> {
    this.#draft.add('operators', id, this.#node(type, options), site);
    return new Stream<O>(this.#draft, [id]);
  }

  #node(type: string, options: object): Readonly<Record<string, unknown>> {
    const [first] = this.#inputs;
    const input = this.#inputs.length === 1 ? first : this.#inputs;
    return { type, input, ...this.#further, ...writtenOptions(options) };
  }
}

/** What every operator takes in TypeScript beside its own options. */
export interface OperatorExtras {
  readonly renamedFrom?: string;
  readonly onError?: { readonly [stage in 'decode' | 'process']?: 'fail' | 'skip' | 'deadLetter' };
}

/**
 * Makes the function that an operator's file exports for TypeScript topologies. `callee` is that function itself: findings point at
 * where it was called.
 */
export function streamOperator<V, P extends PortTypes>(
  callee: (...input: never[]) => unknown,
  type: string,
  id: string,
  options: object,
): StreamOperator<V, P> {
  const site = callSite(callee);
  return (input) => input.operator(type, id, options, site);
}
