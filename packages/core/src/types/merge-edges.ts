import { formatType } from './format-type.ts';
import type { EdgeType, KeyIdentity, ValueType } from './edge-type.ts';
import { sameType } from './same-type.ts';
import { widenTypes } from './widen-types.ts';

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
 * Merges edges into one. Types must be equal, or with `widen` have one that takes the values of all; kinds must be equal. Tombstones can
 * occur if they can on any edge; order and the key's identity hold only where they hold on all. `error` is in scope where all come from
 * error ports.
 */
export function mergeEdges(edges: readonly [EdgeType, ...EdgeType[]], widen = false): MergedEdge {
  const [first, ...others] = edges;
  let { key, value } = first;
  for (const [i, other] of others.entries()) {
    const different = (on: EdgeDifference['on'], one: string, another: string): MergedEdge => ({
      edge: null,
      difference: { index: i + 1, on, first: one, other: another },
    });
    if (first.kind !== other.kind) return different('kind', first.kind, other.kind);
    const [bothKeys, bothValues] = [joined(key, other.key, widen), joined(value, other.value, widen)];
    if (bothKeys === undefined) return different('key', keyText(first), keyText(other));
    if (bothValues === undefined || bothValues === null)
      return different('value', formatType(first.value), formatType(other.value));
    [key, value] = [bothKeys, bothValues];
  }
  return { edge: { ...common(edges), key, value }, difference: null };
}

function common(edges: readonly [EdgeType, ...EdgeType[]]): EdgeType {
  const [first] = edges;
  const isAlike = edges.every((edge) => sameKeyIdentity(edge.partitionedBy, first.partitionedBy));
  return {
    ...first,
    tombstones: edges.some((edge) => edge.tombstones),
    ordered: edges.every((edge) => edge.ordered),
    partitionedBy: isAlike ? first.partitionedBy : 'unknown',
    scope: edges.every((edge) => edge.scope === 'error') ? 'error' : 'record',
  };
}

/** Returns the type of both; undefined where there is none. */
function joined(a: ValueType | null, b: ValueType | null, widen: boolean): ValueType | null | undefined {
  if (a === null || b === null) return a === b ? null : undefined;
  if (sameType(a, b)) return a;
  return widen ? (widenTypes(a, b) ?? undefined) : undefined;
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
