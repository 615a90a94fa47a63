import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import type { SchemaValue } from '../component/author/schema-value.ts';
import { useOf, type WrittenExpression, type WrittenFunction } from '../component/author/written.ts';
import type { ValueFunction } from '../component/record-view.ts';

/** Fields by expressions; an object makes a record. */
export interface WrittenFields<V> {
  readonly [name: string]: WrittenExpression<V> | WrittenFields<V>;
}

/** What `map` takes in a TypeScript topology. */
export interface WrittenMap<V> extends OperatorExtras {
  readonly output?: unknown;
  readonly let?: { readonly [name: string]: WrittenExpression<V> };
  readonly select?: readonly (keyof V & string)[] | WrittenFields<V>;
  readonly rename?: { readonly [name: string]: NoInfer<keyof V & string> };
  readonly set?: WrittenFields<V>;
  readonly remove?: readonly string[];
  readonly types?: { readonly [name: string]: unknown };
  readonly keyBy?: WrittenExpression<V>;
  readonly headers?: { readonly [name: string]: WrittenExpression<V> };
  readonly timestamp?: WrittenExpression<V>;
}

/** What is known of a field that an expression makes: what a function returns; a text says nothing to TypeScript. */
type FieldValue<E> = E extends (...input: never[]) => infer R ? R : unknown;

type Selected<V, L> = L extends readonly (infer N)[]
  ? { readonly [K in N & keyof V]: V[K] }
  : { readonly [K in keyof L]: FieldValue<L[K]> };

type Renamed<V, R> = R extends object
  ? Omit<V, R[keyof R] & string> & { readonly [K in keyof R]: R[K] extends keyof V ? V[R[K]] : unknown }
  : V;

type Replaced<V, S> = S extends object ? Omit<V, keyof S> & { readonly [K in keyof S]: FieldValue<S[K]> } : V;

type Without<V, N> = N extends readonly (infer R)[] ? Omit<V, R & string> : V;

type OptionOf<O, K extends string> = O extends { readonly [key in K]: infer T } ? T : undefined;

/** The type of the records that `map` makes, as far as TypeScript can know it: fields that expressions make are unknown unless `output` says. */
export type Mapped<V, O> = O extends { readonly output: infer S }
  ? SchemaValue<S>
  : O extends { readonly select: infer L }
    ? Selected<V, L>
    : Without<Replaced<Renamed<V, OptionOf<O, 'rename'>>, OptionOf<O, 'set'>>, OptionOf<O, 'remove'>>;

type MapPorts<V, R> = { readonly out: R; readonly error: V };

/** Makes one new record of each in a TypeScript topology: by a function, whose result `output` describes, or by expressions. */
export function map<V, const S extends object>(
  id: string,
  options: Omit<WrittenMap<V>, 'select' | 'rename' | 'set' | 'remove'> & { readonly output: S },
  make: WrittenFunction<ValueFunction<V, SchemaValue<S>>>,
): StreamOperator<V, MapPorts<V, SchemaValue<S>>>;
export function map<V, R>(
  id: string,
  options: Omit<WrittenMap<V>, 'select' | 'rename' | 'set' | 'remove'> & { readonly output: string },
  make: WrittenFunction<ValueFunction<V, R>>,
): StreamOperator<V, MapPorts<V, R>>;
export function map<V, const O extends WrittenMap<V>>(
  id: string,
  options: O,
): StreamOperator<V, MapPorts<V, Mapped<V, O>>>;
export function map(
  id: string,
  options: object,
  make?: WrittenFunction<ValueFunction<never>>,
): StreamOperator<unknown, MapPorts<unknown, unknown>> {
  return streamOperator(map, 'map', id, make === undefined ? options : { ...options, ...useOf(make) });
}
