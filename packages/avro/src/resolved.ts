import type {
  ArraySchema,
  EnumSchema,
  Field,
  FixedSchema,
  MapSchema,
  PrimitiveSchema,
  RecordSchema,
  UnionSchema,
} from './schema.ts';

/**
 * Says how data of a writer's type become values of a reader's: what the two back ends, closures and generated code,
 * are both built from. Records that contain themselves are cyclic references.
 */
export type Resolved =
  | ResolvedPlain
  | ResolvedEnum
  | ResolvedArray
  | ResolvedMap
  | ResolvedRecord
  | ResolvedUnion
  | ResolvedTagged
  | ResolvedFailure;

/** Reads a primitive or fixed, promoted where the kinds differ, and shows it as the reader's logical type. */
export interface ResolvedPlain {
  readonly kind: 'plain';
  readonly writer: PrimitiveSchema | FixedSchema;
  readonly reader: PrimitiveSchema | FixedSchema;
}

/** Reads a symbol. */
export interface ResolvedEnum {
  readonly kind: 'enum';
  readonly writer: EnumSchema;
  readonly reader: EnumSchema;
  /** What each symbol of the writer becomes; undefined: no datum may hold it. */
  readonly symbols: readonly (string | undefined)[];
}

/** Reads an array. */
export interface ResolvedArray {
  readonly kind: 'array';
  readonly writer: ArraySchema;
  readonly item: Resolved;
}

/** Reads a map. */
export interface ResolvedMap {
  readonly kind: 'map';
  readonly writer: MapSchema;
  readonly value: Resolved;
}

/** Reads a record. */
export interface ResolvedRecord {
  readonly kind: 'record';
  readonly writer: RecordSchema;
  readonly reader: RecordSchema;
  /** The writer's fields in their order. */
  readonly steps: readonly ResolvedStep[];
  /** The reader's fields, by their places, that take their defaults. */
  readonly defaults: readonly number[];
}

/** Takes one of the writer's fields. */
export interface ResolvedStep {
  readonly source: Field;
  /** The place among the reader's fields, and how the value is read; null: the field is passed over. */
  readonly target: { readonly slot: number; readonly value: Resolved } | null;
}

/** Reads the branch of a writer's union. */
export interface ResolvedUnion {
  readonly kind: 'union';
  readonly writer: UnionSchema;
  readonly branches: readonly Resolved[];
}

/** Puts a value under the name of its branch in the reader's union. */
export interface ResolvedTagged {
  readonly kind: 'tagged';
  readonly name: string;
  readonly value: Resolved;
}

/** Stands for a branch of a writer's union that the reader cannot show. */
export interface ResolvedFailure {
  readonly kind: 'failure';
  readonly detail: string;
  readonly path: string;
}
