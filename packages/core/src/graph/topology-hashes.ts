import { createHash } from 'node:crypto';
import { UserFunction } from '../component/user-function.ts';
import type { GraphNode, TopologyGraph } from './topology-graph.ts';

/** Says in short what a topology is, so that the processes of a group can see whether they run the same. */
export interface TopologyHashes {
  /** Changes with what divides the work: the topics that are read, the stores, the guarantee. */
  readonly shape: string;
  /** Changes with anything that its author writes. */
  readonly content: string;
}

/** Returns both hashes of a topology. Names of nodes are content; values of secret parameters are in neither. */
export function topologyHashes(graph: TopologyGraph): TopologyHashes {
  const { guarantee, commitIntervalMs, nodeTimeoutMs, deadLetter } = graph.run;
  const nodes = [...graph.nodes.values()];
  const run = { guarantee, commitIntervalMs, nodeTimeoutMs, deadLetter };
  const secrets = [...graph.parameters.values()].flatMap(({ secret, value }) =>
    secret && typeof value === 'string' && value !== '' ? [value] : [],
  );
  return {
    shape: hashOf({ guarantee, topics: topicsOf(nodes), stores: storesOf(nodes) }, secrets),
    content: hashOf({ run, nodes: nodes.map(contentOf) }, secrets),
  };
}

/** The topics of each source that a group reads, in an order of their own. */
function topicsOf(nodes: readonly GraphNode[]): string[] {
  return nodes
    .flatMap((node) => {
      if (node.kind !== 'source' || node.definition.traits(node.options).scope !== 'group') return [];
      const topics = node.definition.subscription?.(node.options).topics ?? [];
      return [topics instanceof RegExp ? String(topics) : topics.toSorted().join(' ')];
    })
    .sort();
}

function storesOf(nodes: readonly GraphNode[]): unknown[] {
  return nodes.flatMap((node) => {
    const stores = node.kind === 'operator' ? node.definition.traits(node.options).stores : [];
    return stores.length === 0 ? [] : [{ node: node.id, stores }];
  });
}

function contentOf(node: GraphNode): unknown {
  const { id, kind, type, options, policies } = node;
  const encodings = node.kind === 'operator' ? [] : [node.key, node.value];
  const inputs = node.kind === 'source' ? [] : node.inputs.map((input) => [input.node, input.port]);
  return { id, kind, type, options, policies, inputs, encodings };
}

function hashOf(value: unknown, secrets: readonly string[]): string {
  const seen = new Map<object, number>();
  const text = JSON.stringify(value, (_key, item: unknown) => plain(item, seen, secrets));
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** Makes JSON of what options can hold. An object that was met before is a reference, since types may hold themselves. */
function plain(item: unknown, seen: Map<object, number>, secrets: readonly string[]): unknown {
  if (typeof item === 'string') return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), item);
  if (typeof item === 'function' || typeof item === 'bigint' || item instanceof RegExp) return String(item);
  if (typeof item !== 'object' || item === null) return item;
  const number = seen.get(item);
  if (number !== undefined) return `#${number}`;
  seen.set(item, seen.size);
  if (item instanceof UserFunction)
    return { name: item.name, code: item.isBound && item.origin === null ? String(item.bound()) : null };
  if (item instanceof Map) return [...item];
  return item instanceof Set ? [...item] : item;
}
