import type { Decimal } from '../decimal.ts';
import type { Duration } from '../duration.ts';
import type { LongForm } from '../schema.ts';
import type { Definition, DefinitionsIn, FullName, NameOf, NamespaceOf } from './named-definitions.ts';

/**
 * Gives the type of the values that a schema's codec decodes, from the schema as a constant:
 * `TypeOf<typeof schema>` for `const schema = { type: 'record', … } as const`. Types may be named before and inside of
 * themselves. `Long` is the codec's option `long`. What only values show is not looked at: a decimal counts as one
 * wherever it has a precision.
 */
export type TypeOf<S, Long extends LongForm = 'number'> = ValueOf<
  S,
  '',
  { definitions: DefinitionsIn<S, ''>; long: Long },
  Long
>;

interface Context {
  readonly definitions: unknown;
  readonly long: LongForm;
}

interface Plain {
  null: null;
  boolean: boolean;
  int: number;
  float: number;
  double: number;
  bytes: Uint8Array;
  string: string;
}

type PlainName = keyof Plain | 'long';

type ValueOf<S, Namespace extends string, X extends Context, Long extends LongForm> = S extends PlainName
  ? PlainOf<S, Long>
  : S extends string
    ? ReferenceOf<ResolveName<S, Namespace, X>, X>
    : S extends readonly unknown[]
      ? UnionOf<S, Namespace, X, Long>
      : S extends { readonly type: 'array'; readonly items: infer Items }
        ? ValueOf<Items, Namespace, X, Long>[]
        : S extends { readonly type: 'map'; readonly values: infer Values }
          ? { [key: string]: ValueOf<Values, Namespace, X, Long> }
          : S extends { readonly type: 'enum'; readonly symbols: readonly (infer Symbols)[] }
            ? Symbols
            : S extends { readonly type: 'fixed' }
              ? FixedOf<S>
              : S extends { readonly type: 'record' | 'error'; readonly fields: infer Fields }
                ? RecordOf<Fields, NamespaceOf<NameOf<S, Namespace>>, X>
                : S extends { readonly type: infer Type }
                  ? Type extends PlainName
                    ? LogicalOf<Type, S, LongFormOf<S, Long>>
                    : ValueOf<Type, Namespace, X, Long>
                  : never;

type PlainOf<Name extends PlainName, Long extends LongForm> = Name extends keyof Plain
  ? Plain[Name]
  : Long extends 'bigint'
    ? bigint
    : number;

type LongFormOf<S, Otherwise extends LongForm> = S extends { readonly 'headrace.long': infer Form extends LongForm }
  ? Form
  : Otherwise;

type LogicalOf<Name extends PlainName, S, Long extends LongForm> = Name extends 'bytes'
  ? S extends DecimalJson
    ? Decimal
    : Uint8Array
  : Name extends 'long'
    ? S extends { readonly logicalType: 'timestamp-nanos' | 'local-timestamp-nanos' }
      ? bigint
      : PlainOf<'long', Long>
    : PlainOf<Name, Long>;

interface DecimalJson {
  readonly logicalType: 'decimal';
  readonly precision: number;
}

type FixedOf<S> = S extends DecimalJson
  ? Decimal
  : S extends { readonly logicalType: 'uuid'; readonly size: 16 }
    ? string
    : S extends { readonly logicalType: 'duration'; readonly size: 12 }
      ? Duration
      : Uint8Array;

type RecordOf<Fields, Namespace extends string, X extends Context> = Fields extends readonly (infer F)[]
  ? {
      [Each in F as Each extends { readonly name: infer Name extends string } ? Name : never]: Each extends {
        readonly type: infer Type;
      }
        ? ValueOf<Type, Namespace, X, LongFormOf<Each, X['long']>>
        : never;
    }
  : never;

type ReferenceOf<Name extends string, X extends Context> =
  Extract<X['definitions'], { readonly name: Name }> extends Definition<string, infer S>
    ? ValueOf<S, NamespaceOf<Name>, X, X['long']>
    : never;

type ResolveName<Name extends string, Namespace extends string, X extends Context> =
  Extract<X['definitions'], { readonly name: FullName<Name, Namespace> }> extends never
    ? Name
    : FullName<Name, Namespace>;

type IsNull<S> = S extends 'null' | { readonly type: 'null' } ? true : false;

type UnionOf<
  S extends readonly unknown[],
  Namespace extends string,
  X extends Context,
  Long extends LongForm,
> = S extends readonly [infer A, infer B]
  ? IsNull<A> extends true
    ? null | ValueOf<B, Namespace, X, Long>
    : IsNull<B> extends true
      ? null | ValueOf<A, Namespace, X, Long>
      : Tagged<A | B, Namespace, X, Long>
  : Tagged<S[number], Namespace, X, Long>;

type Tagged<S, Namespace extends string, X extends Context, Long extends LongForm> = S extends unknown
  ? IsNull<S> extends true
    ? null
    : { [Name in BranchName<S, Namespace, X>]: ValueOf<S, Namespace, X, Long> }
  : never;

type BranchName<S, Namespace extends string, X extends Context> = S extends PlainName
  ? S
  : S extends string
    ? ResolveName<S, Namespace, X>
    : S extends { readonly name: string }
      ? NameOf<S, Namespace>
      : S extends { readonly type: infer Type }
        ? Type extends 'array' | 'map'
          ? Type
          : BranchName<Type, Namespace, X>
        : never;
