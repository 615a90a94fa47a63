import type { EdgeType, ValueType } from './edge-type.ts';

/** Gives the type of a stream of values without keys, in the order of their source. */
export function streamEdge(value: ValueType): EdgeType {
  return {
    key: null,
    value,
    kind: 'stream',
    tombstones: false,
    partitionedBy: 'unknown',
    ordered: true,
    scope: 'record',
  };
}
