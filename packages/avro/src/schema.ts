/** Names what a primitive type, a fixed or bytes stands for (Avro 1.12, "Logical Types"). */
export type Logical =
  | {
      readonly type:
        | 'date'
        | 'time-millis'
        | 'time-micros'
        | 'timestamp-millis'
        | 'timestamp-micros'
        | 'timestamp-nanos'
        | 'local-timestamp-millis'
        | 'local-timestamp-micros'
        | 'local-timestamp-nanos'
        | 'uuid'
        | 'duration';
    }
  | { readonly type: 'decimal'; readonly precision: number; readonly scale: number };

/**
 * Says how a long is held in memory: `number` refuses what is beyond 53 bits, `bigint` holds all of it.
 * A logical type of a long that is held as bigint stays in its own unit.
 */
export type LongForm = 'number' | 'bigint';

/** Holds the attributes of a schema's JSON that Avro gives no meaning, as they stand there; without a prototype. */
export type Properties = Readonly<Record<string, unknown>>;

/** Describes a type without parts. */
export interface PrimitiveSchema {
  readonly kind: 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';
  readonly logical?: Logical;
  /** The attribute `headrace.long` of a long or of the field that holds it: goes before what the codec says. */
  readonly long?: LongForm;
  readonly properties?: Properties;
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
  readonly properties?: Properties;
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
  readonly properties?: Properties;
}

/** Describes a list of items of one type. */
export interface ArraySchema {
  readonly kind: 'array';
  readonly items: Schema;
  readonly properties?: Properties;
}

/** Describes values of one type under text keys. */
export interface MapSchema {
  readonly kind: 'map';
  readonly values: Schema;
  readonly properties?: Properties;
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
  readonly properties?: Properties;
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
  /** As in the JSON of the schema, a long beyond 53 bits as bigint; absent: no default. */
  readonly default?: unknown;
  readonly aliases: readonly string[];
  /** How records are sorted by the field; absent: ascending. */
  readonly order?: 'ascending' | 'descending' | 'ignore';
  readonly doc?: string;
  readonly properties?: Properties;
}

/** Describes a parsed Avro schema: plain data whose names are resolved to the types that they name. */
export type Schema = PrimitiveSchema | FixedSchema | EnumSchema | ArraySchema | MapSchema | RecordSchema | UnionSchema;
