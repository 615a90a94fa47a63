/** Completes a name with the namespace in which it stands; a name with a dot is full already. */
export type FullName<Name extends string, Namespace extends string> = Name extends `${string}.${string}`
  ? Name
  : Namespace extends ''
    ? Name
    : `${Namespace}.${Name}`;

/** Gives the namespace of a full name, '' for none. */
export type NamespaceOf<Name extends string> = Name extends `${infer Head}.${infer Tail}`
  ? Tail extends `${string}.${string}`
    ? `${Head}.${NamespaceOf<Tail>}`
    : Head
  : '';

/** Gives the full name of a record, enum or fixed that stands in a namespace. */
export type NameOf<S, Namespace extends string> = S extends { readonly name: infer Name extends string }
  ? S extends { readonly namespace: infer Own extends string }
    ? FullName<Name, Own>
    : FullName<Name, Namespace>
  : never;

/** Holds a named type of a schema under its full name. */
export interface Definition<Name extends string, S> {
  readonly name: Name;
  readonly schema: S;
}

/** Gives the union of all definitions of named types inside of a schema. */
export type DefinitionsIn<S, Namespace extends string> = S extends string
  ? never
  : S extends readonly unknown[]
    ? DefinitionsIn<S[number], Namespace>
    : S extends { readonly type: 'array'; readonly items: infer Items }
      ? DefinitionsIn<Items, Namespace>
      : S extends { readonly type: 'map'; readonly values: infer Values }
        ? DefinitionsIn<Values, Namespace>
        : S extends { readonly type: 'enum' | 'fixed' }
          ? Definition<NameOf<S, Namespace>, S>
          : S extends { readonly type: 'record' | 'error'; readonly fields: readonly (infer F)[] }
            ? Definition<NameOf<S, Namespace>, S> | DefinitionsIn<TypeOfField<F>, NamespaceOf<NameOf<S, Namespace>>>
            : S extends { readonly type: infer Inner }
              ? DefinitionsIn<Inner, Namespace>
              : never;

type TypeOfField<F> = F extends { readonly type: infer Type } ? Type : never;
