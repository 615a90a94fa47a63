import type { Schema } from '@headrace/avro';

/** A value without a declared schema: its type is looked at while running. */
export interface Dynamic {
  readonly kind: 'dynamic';
}

/** The one dynamic type. */
export const dynamic: Dynamic = { kind: 'dynamic' };

/** The type of a key or a value. */
export type ValueType = Schema | Dynamic;

/** What decides in which partition a key lies; two inputs share tasks only where it is equal. */
export interface KeyIdentity {
  readonly codec: string;
  readonly schema: string;
  readonly framing: 'bare' | 'confluent';
  readonly partitioner: 'murmur2' | 'other';
  readonly partitions: number | null;
}

/** The type of an edge: what its records are, and what still holds of their order. */
export interface EdgeType {
  readonly key: ValueType | null;
  readonly value: ValueType;
  readonly kind: 'stream' | 'table';
  /** Whether a value can be null, which deletes its key. */
  readonly tombstones: boolean;
  readonly partitionedBy: KeyIdentity | 'unknown';
  /** Whether order per key still holds since the source. */
  readonly ordered: boolean;
  /** `error` on the edge of an error port: expressions see `error.*` as well. */
  readonly scope: 'record' | 'error';
}

/** Tells whether a type is dynamic. */
export function isDynamic(type: ValueType): type is Dynamic {
  return type.kind === 'dynamic';
}
