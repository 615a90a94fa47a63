/** Names what a primitive type, a fixed or bytes stands for. */
export type Logical =
  | {
      readonly type:
        | 'date'
        | 'time-millis'
        | 'time-micros'
        | 'timestamp-millis'
        | 'timestamp-micros'
        | 'local-timestamp-millis'
        | 'local-timestamp-micros'
        | 'uuid'
        | 'duration';
    }
  | { readonly type: 'decimal'; readonly precision: number; readonly scale: number };

/** Describes a type without parts. */
export interface PrimitiveSchema {
  readonly kind: 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';
  readonly logical?: Logical;
}

/** Describes a named run of bytes of one length. */
export interface FixedSchema {
  readonly kind: 'fixed';
  /** The full name. */
  readonly name: string;
  readonly size: number;
  readonly logical?: Logical;
  /** Full names. */
  readonly aliases?: readonly string[];
  readonly doc?: string;
}

/** Describes a named set of symbols. */
export interface EnumSchema {
  readonly kind: 'enum';
  /** The full name. */
  readonly name: string;
  readonly symbols: readonly string[];
  /** The symbol that a reader takes for one that it does not know. */
  readonly default?: string;
  /** Full names. */
  readonly aliases?: readonly string[];
  readonly doc?: string;
}

/** Describes a list of items of one type. */
export interface ArraySchema {
  readonly kind: 'array';
  readonly items: Schema;
}

/** Describes values of one type under text keys. */
export interface MapSchema {
  readonly kind: 'map';
  readonly values: Schema;
}

/** Describes a record; a record that contains itself is a cyclic reference. */
export interface RecordSchema {
  readonly kind: 'record';
  /** The full name; null for an inferred record that no one has named yet. */
  readonly name: string | null;
  readonly fields: readonly Field[];
  /** Full names. */
  readonly aliases?: readonly string[];
  readonly doc?: string;
}

/** Describes a choice of types. */
export interface UnionSchema {
  readonly kind: 'union';
  readonly branches: readonly Schema[];
}

/** Describes a field of a record. */
export interface Field {
  readonly name: string;
  readonly type: Schema;
  /** As in the JSON of the schema; absent: no default. */
  readonly default?: unknown;
  readonly aliases: readonly string[];
  readonly doc?: string;
}

/** Describes a parsed Avro schema: plain data whose names are resolved to the types that they name. */
export type Schema = PrimitiveSchema | FixedSchema | EnumSchema | ArraySchema | MapSchema | RecordSchema | UnionSchema;
