import type { NodeId } from '../record/record-batch.ts';

/** The asynchronous nodes that records came out of last, by source; the source itself where there was none. */
export type AsyncHeads = ReadonlyMap<NodeId, ReadonlySet<NodeId>>;

/** Joins what leads to several inputs of a node. */
export function joinHeads(inputs: readonly AsyncHeads[]): AsyncHeads {
  const joined = new Map<NodeId, Set<NodeId>>();
  for (const heads of inputs)
    for (const [source, nodes] of heads) joined.set(source, new Set([...(joined.get(source) ?? []), ...nodes]));
  return joined;
}

/** Gives what comes out of a node: an asynchronous one gives the records of all sources in one order of its own. */
export function headsAfter(node: NodeId, isAsync: boolean, input: AsyncHeads): AsyncHeads {
  if (!isAsync) return input;
  return new Map([...input.keys()].map((source) => [source, new Set([node])]));
}

/** Tells whether the records of a source come together again by ways of which one may be slower than another. */
export function overtakes(input: AsyncHeads): boolean {
  return [...input.values()].some((nodes) => nodes.size > 1);
}
