import type { EdgeType } from '../types/edge-type.ts';

const bytes = { kind: 'bytes' } as const;

/** Gives the type of a source's error port: the raw bytes of what could not be read; `nulls` says whether those may be a null. */
export function sourceErrorEdge(output: EdgeType, nulls: boolean): EdgeType {
  return {
    key: output.key === null ? null : bytes,
    value: bytes,
    kind: 'stream',
    tombstones: nulls,
    partitionedBy: 'unknown',
    ordered: output.ordered,
    scope: 'error',
  };
}

/** Gives the type of an operator's error port: the record that came in, with `error` in scope. */
export function operatorErrorEdge(input: EdgeType): EdgeType {
  return { ...input, scope: 'error' };
}

/**
 * Gives the type of a sink's error port: the record as it came to the sink, with `error` in scope. What could not be written is
 * known at once, what was refused only after it was written, so that they leave in no order.
 */
export function sinkErrorEdge(input: EdgeType): EdgeType {
  return { ...input, scope: 'error', ordered: false };
}

/** The type of what reaches a dead-letter sink: the bytes of key and value, with headers that tell the rest. */
export const deadLetterEdge: EdgeType = {
  key: bytes,
  value: bytes,
  kind: 'stream',
  tombstones: true,
  partitionedBy: 'unknown',
  ordered: false,
  scope: 'error',
};
