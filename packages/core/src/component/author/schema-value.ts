/** The TypeScript type of the values of an Avro schema that is written `as const`; unknown for a path. */
export type SchemaValue<S> = S extends string
  ? NamedValue<S>
  : S extends readonly unknown[]
    ? UnionValue<S>
    : ComplexValue<S>;

interface Primitives {
  readonly null: null;
  readonly boolean: boolean;
  readonly int: number;
  readonly long: number;
  readonly float: number;
  readonly double: number;
  readonly bytes: Uint8Array;
  readonly string: string;
}

type NamedValue<S extends string> = S extends keyof Primitives ? Primitives[S] : unknown;

type ComplexValue<S> = S extends { readonly type: 'record'; readonly fields: infer F extends readonly SchemaField[] }
  ? { readonly [K in F[number] as K['name']]: SchemaValue<K['type']> }
  : S extends { readonly type: 'enum'; readonly symbols: readonly (infer N)[] }
    ? N
    : S extends { readonly type: 'array'; readonly items: infer I }
      ? readonly SchemaValue<I>[]
      : S extends { readonly type: 'map'; readonly values: infer I }
        ? Readonly<Record<string, SchemaValue<I>>>
        : S extends { readonly type: 'fixed' }
          ? Uint8Array
          : S extends { readonly type: infer T; readonly logicalType?: infer L }
            ? L extends 'decimal' | 'duration'
              ? unknown
              : SchemaValue<T>
            : unknown;

interface SchemaField {
  readonly name: string;
  readonly type: unknown;
}

// `null | T` is bare, as it is in memory; other unions name their branch.
type UnionValue<S extends readonly unknown[]> = S extends readonly ['null', infer T] | readonly [infer T, 'null']
  ? SchemaValue<T> | null
  : unknown;
