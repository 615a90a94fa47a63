/** The types of the protocol that hold one value. */
export type PrimitiveType = 'boolean' | 'int8' | 'int16' | 'int32' | 'int64' | 'string' | 'uuid' | 'bytes' | 'records';

/** Says in which versions a field exists, whether it may be null, its tag, and its value where it is absent. */
export interface FieldOptions<Value> {
  /** The first version that has the field; the message's first when left out. */
  readonly from?: number;
  /** The last version that has the field; the message's last when left out. */
  readonly to?: number;
  /** The first version in which the field may be null. */
  readonly nullable?: number;
  /** The number of a tagged field; it is written only where its value is not the default. */
  readonly tag?: number;
  /** The value where the field is absent; zero, empty or false when left out. */
  readonly default?: Value | null;
}

/** Describes a field of a message. `Read` is what reading gives, `Write` what writing takes; an optional field may be left out of what is written. */
export interface Field<Read = unknown, Write = unknown, Optional extends boolean = boolean> {
  readonly type: PrimitiveType | 'struct' | 'array';
  readonly options: FieldOptions<unknown>;
  /** The fields of a struct. */
  readonly fields?: Fields;
  /** The items of an array. */
  readonly item?: Field;
  /** Holds the types only; there is never a value. */
  readonly types?: { readonly read: Read; readonly write: Write; readonly optional: Optional };
}

/** Describes the fields of a struct, in the order in which they are written. */
export type Fields = Readonly<Record<string, Field>>;

/** A tagged field that the definitions do not know, kept as it was read. */
export interface RawTag {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

interface UnknownTags {
  /** Tagged fields of newer versions, in ascending order; absent when there are none. */
  readonly unknownTags?: readonly RawTag[];
}

type ReadOf<F> = F extends Field<infer Read, unknown, boolean> ? Read : never;
type WriteOf<F> = F extends Field<unknown, infer Write, boolean> ? Write : never;
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends Field<unknown, unknown, infer Optional> ? (Optional extends true ? K : never) : never;
}[keyof F];

/** The type of a struct as it is read: every field is there, absent ones with their default. */
export type StructValue<F extends Fields> = { readonly [K in keyof F]: ReadOf<F[K]> } & UnknownTags;

/** The type of a struct as it is written: what has a default, a tag or is not in every version may be left out. */
export type StructInput<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: WriteOf<F[K]>;
} & { readonly [K in OptionalKeys<F>]?: WriteOf<F[K]> | undefined } & UnknownTags;

type NullIf<O> = O extends { readonly nullable: number } ? null : never;
type IsOptional<O> = O extends
  { readonly from: number } | { readonly to: number } | { readonly tag: number } | { readonly default: unknown }
  ? true
  : false;
type Of<Value, O> = Field<Value | NullIf<O>, Value | NullIf<O>, IsOptional<O>>;
type NoOptions = Record<never, never>;

function primitive<Value>(type: PrimitiveType) {
  return <const O extends FieldOptions<Value> = NoOptions>(options?: O): Of<Value, O> => ({
    type,
    options: options ?? {},
  });
}

/** Describes a truth value of one byte. */
export const boolean = primitive<boolean>('boolean');
/** Describes a signed integer of 8 bits. */
export const int8 = primitive<number>('int8');
/** Describes a signed integer of 16 bits. */
export const int16 = primitive<number>('int16');
/** Describes a signed integer of 32 bits. */
export const int32 = primitive<number>('int32');
/** Describes a signed integer of 64 bits, held as a number; what is beyond 2^53 is an error. */
export const int64 = primitive<number>('int64');
/** Describes text in UTF-8. */
export const string = primitive<string>('string');
/** Describes an identity of 128 bits, held as 22 characters of base64url, as Kafka's tools print it. */
export const uuid = primitive<string>('uuid');
/** Describes bytes; what is read is a view of the frame. */
export const bytes = primitive<Uint8Array>('bytes');
/** Describes record batches, not looked into; what is read is a view of the frame. */
export const records = primitive<Uint8Array>('records');

/** Describes a struct inside a struct. */
export function struct<const F extends Fields, const O extends FieldOptions<never> = NoOptions>(
  fields: F,
  options?: O,
): Field<StructValue<F> | NullIf<O>, StructInput<F> | NullIf<O>, IsOptional<O>> {
  return { type: 'struct', options: options ?? {}, fields };
}

type ItemRead<I> = I extends Field<infer Read, unknown, boolean> ? Read : I extends Fields ? StructValue<I> : never;
type ItemWrite<I> = I extends Field<unknown, infer Write, boolean> ? Write : I extends Fields ? StructInput<I> : never;

/** Describes an array of primitive values, or of structs when fields are given. */
export function array<const I extends Field | Fields, const O extends FieldOptions<never> = NoOptions>(
  item: I,
  options?: O,
): Field<readonly ItemRead<I>[] | NullIf<O>, readonly ItemWrite<I>[] | NullIf<O>, IsOptional<O>> {
  return { type: 'array', options: options ?? {}, item: isField(item) ? item : struct(item) };
}

function isField(item: Field | Fields): item is Field {
  return typeof item['type'] === 'string';
}
