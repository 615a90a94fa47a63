import { callSite, type CallSite } from '../component/author/call-site.ts';
import { Stream, type SinkSpec, type SourceSpec, type TopologyDraft } from '../component/author/stream.ts';
import type { ExpressionFile, ParameterReference } from '../component/author/written.ts';
import { topologyCalls, type CallFault } from './topology-calls.ts';
import type {
  ClusterDefinition,
  NodeDefinition,
  ParameterDefinition,
  RunDefinition,
  TopologyDefinition,
} from './topology-definition.ts';

/** What a topology says beside its nodes. */
export interface TopologySettings {
  readonly group?: string;
  /** The name that the topology had before. */
  readonly renamedFrom?: string;
  readonly parameters?: Readonly<Record<string, ParameterDefinition>>;
  readonly clusters?: Readonly<Record<string, Settled<ClusterDefinition>>>;
  readonly run?: Settled<RunDefinition>;
}

/** Options of which each may stand as a parameter. */
type Settled<T> = T extends readonly unknown[]
  ? T | ParameterReference
  : T extends object
    ? { readonly [K in keyof T]: Settled<T[K]> }
    : T | ParameterReference;

/** What the author of a topology begins with. */
export interface TopologyParts {
  /** Adds a source and returns its records; those that cannot be read leave by the port `error`, as bytes. */
  readonly source: <V>(id: string, spec: SourceSpec<V>) => Stream<{ readonly out: V; readonly error: Uint8Array }>;
  /** Adds a sink that no node feeds: what `run.deadLetter` names. Others are added by `to`. */
  readonly sink: (id: string, spec: SinkSpec) => void;
  /** Stands for a parameter, where an option takes a literal. In expressions it is `params.name`. */
  readonly param: (name: string) => ParameterReference;
  /** Stands for an expression in a file of the topology's folder. */
  readonly cel: (path: string) => ExpressionFile;
}

/**
 * Writes a topology in TypeScript: it gives the same data as the JSON form, and remembers where each node was written. Throws a
 * `TypeError` where `build` is asynchronous.
 */
export function defineTopology(name: string, build: (parts: TopologyParts) => void): TopologyDefinition;
export function defineTopology(
  name: string,
  settings: TopologySettings,
  build: (parts: TopologyParts) => void,
): TopologyDefinition;
export function defineTopology(
  name: string,
  ...rest: [(parts: TopologyParts) => void] | [TopologySettings, (parts: TopologyParts) => void]
): TopologyDefinition {
  const [settings, build] = rest.length === 1 ? [{}, rest[0]] : rest;
  const draft = new Draft(callSite(defineTopology));
  const built: unknown = build({
    source: sourceOf(draft),
    sink: sinkOf(draft),
    param: (parameter) => ({ $param: parameter }),
    cel: (path) => ({ $cel: path }),
  });
  if (built instanceof Promise) refuseLater(built);
  const { sources, operators, sinks } = draft.sections;
  const definition = {
    headrace: 1,
    name,
    ...settings,
    sources,
    ...(Object.keys(operators).length > 0 && { operators }),
    sinks,
  } as TopologyDefinition;
  return Object.defineProperty(definition, topologyCalls, { value: draft.calls });
}

// What is added after an `await` would be missing without a word.
function refuseLater(built: Promise<unknown>): never {
  built.catch(() => null);
  throw new TypeError(
    'the function that writes a topology must not be asynchronous: what it adds after its first "await" would be missing. Await what it needs before "defineTopology"',
  );
}

function sourceOf(draft: Draft): TopologyParts['source'] {
  return function source<V>(id: string, { type, options }: SourceSpec<V>) {
    draft.add('sources', id, { type, ...options }, callSite(source));
    return new Stream<{ readonly out: V; readonly error: Uint8Array }>(draft, [id]);
  };
}

function sinkOf(draft: Draft): TopologyParts['sink'] {
  return function sink(id, { type, options }) {
    draft.add('sinks', id, { type, ...options }, callSite(sink));
  };
}

class Draft implements TopologyDraft {
  readonly sections: Record<'sources' | 'operators' | 'sinks', Record<string, NodeDefinition>> = {
    sources: {},
    operators: {},
    sinks: {},
  };
  readonly #sites = new Map<string, CallSite>();
  readonly #faults: CallFault[] = [];
  readonly #top: CallSite | null;

  constructor(top: CallSite | null) {
    this.#top = top;
  }

  get calls() {
    return { top: this.#top, sites: this.#sites, faults: this.#faults };
  }

  // A second node of the same id has no place in the data: it is a finding by itself.
  add(
    section: 'sources' | 'operators' | 'sinks',
    id: string,
    node: Readonly<Record<string, unknown>>,
    site: CallSite | null,
  ): void {
    const nodes = this.sections[section];
    if (Object.hasOwn(nodes, id)) {
      const message = `"${id}" is already the id of a node in ${section}: ids are unique in all sections, ignoring case.`;
      this.#faults.push({ code: 'DUPLICATE_ID', at: [section, id], message, site });
      return;
    }
    Object.defineProperty(nodes, id, { value: node, enumerable: true, configurable: true, writable: true });
    if (site !== null) this.#sites.set(`${section}.${id}`, site);
  }
}
