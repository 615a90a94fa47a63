import { formatType } from './format-type.ts';
import type { EdgeType, KeyIdentity } from './edge-type.ts';
import { sameType } from './same-type.ts';

/** Says in what an edge of a merge is unlike the first one. */
export interface EdgeDifference {
  /** The number of the edge that differs from the first. */
  readonly index: number;
  readonly on: 'key' | 'value' | 'kind';
  /** What the first edge has and what this one has, for messages. */
  readonly first: string;
  readonly other: string;
}

/** The edge that a merge gives, or why there is none. */
export type MergedEdge =
  { readonly edge: EdgeType; readonly difference: null } | { readonly edge: null; readonly difference: EdgeDifference };

/**
 * Merges edges into one. Types and kind must be equal; tombstones can occur if they can on any edge; order and the key's identity
 * hold only where they hold on all. `error` is in scope where all come from error ports.
 */
export function mergeEdges(edges: readonly [EdgeType, ...EdgeType[]]): MergedEdge {
  const [first, ...others] = edges;
  for (const [i, other] of others.entries()) {
    const difference = differenceOf(first, other, i + 1);
    if (difference !== null) return { edge: null, difference };
  }
  return {
    edge: {
      ...first,
      tombstones: edges.some((edge) => edge.tombstones),
      ordered: edges.every((edge) => edge.ordered),
      partitionedBy: edges.every((edge) => sameKeyIdentity(edge.partitionedBy, first.partitionedBy))
        ? first.partitionedBy
        : 'unknown',
      scope: edges.every((edge) => edge.scope === 'error') ? 'error' : 'record',
    },
    difference: null,
  };
}

function differenceOf(first: EdgeType, other: EdgeType, index: number): EdgeDifference | null {
  if (first.kind !== other.kind) return { index, on: 'kind', first: first.kind, other: other.kind };
  if (first.key === null || other.key === null) {
    if (first.key !== other.key) return { index, on: 'key', first: keyText(first), other: keyText(other) };
  } else if (!sameType(first.key, other.key)) {
    return { index, on: 'key', first: keyText(first), other: keyText(other) };
  }
  if (sameType(first.value, other.value)) return null;
  return { index, on: 'value', first: formatType(first.value), other: formatType(other.value) };
}

function keyText(edge: EdgeType): string {
  return edge.key === null ? 'none' : formatType(edge.key);
}

function sameKeyIdentity(a: KeyIdentity | 'unknown', b: KeyIdentity | 'unknown'): boolean {
  if (a === 'unknown' || b === 'unknown') return a === b;
  return (
    a.codec === b.codec &&
    a.schema === b.schema &&
    a.framing === b.framing &&
    a.partitioner === b.partitioner &&
    a.partitions === b.partitions
  );
}
