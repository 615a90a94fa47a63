import { formatType } from '../types/format-type.ts';
import type { EdgeType } from '../types/edge-type.ts';

/** Prints an edge's type on one line: the value, then the key, then what is not usual. */
export function describeEdge(edge: EdgeType): string {
  const parts = [formatType(edge.value)];
  if (edge.key !== null) parts.push(`key ${formatType(edge.key)}`);
  if (edge.kind === 'table') parts.push('table');
  if (edge.tombstones) parts.push('tombstones');
  if (!edge.ordered) parts.push('unordered');
  return parts.join(', ');
}
