import type { UserFunction } from './user-function.ts';

/** Options as an author writes them: a function by its name. */
export type Written<T> = T extends UserFunction
  ? string | { readonly $use: string; readonly returns?: unknown }
  : T extends readonly (infer I)[]
    ? readonly Written<I>[]
    : T extends object
      ? { readonly [K in keyof T]: Written<T[K]> }
      : T;

/** An example of a component's options, shown in the reference and executed by tests. */
export interface Example<O> {
  readonly summary: string;
  readonly options: Written<O>;
}
