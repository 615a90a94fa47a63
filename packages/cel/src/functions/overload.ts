import type { CelType } from '../types/cel-type.ts';

/** Does the work of a function on values of the types that its overload declares. Throws a `CelError` without a place. */
export type Implementation = (...values: unknown[]) => unknown;

/** Tells a function what is known of an argument before run time. */
export interface KnownArgument {
  readonly type: CelType;
  /** Set where the argument is a literal. */
  readonly constant?: unknown;
}

/** Declares one way to call a function; the checker and the interpreter read the same table. */
export interface Overload {
  /** Unique; stands in checked trees. */
  readonly id: string;
  readonly name: string;
  /** `call`: `name(a, b)`; `method`: `a.name(b)`, the receiver being the first parameter. */
  readonly form: 'call' | 'method';
  readonly params: readonly CelType[];
  /** Whether the last parameter may be repeated. */
  readonly variadic: boolean;
  readonly result: (args: readonly CelType[]) => CelType;
  readonly evaluate: Implementation;
  /**
   * Whether arguments are widened to the types of the parameters, so that what is of type `dyn` there says itself what it is
   * (`values/box.ts`). Else the implementation gets the values as their static types hold them, boxes only where those are `dyn`.
   */
  readonly widens: boolean;
  /** Makes the implementation from what is known of the arguments; a thrown `CelError` is an issue of the checker. */
  readonly specialise?: (args: readonly KnownArgument[]) => Implementation;
}

interface Declaration {
  params: readonly CelType[];
  result: CelType | ((args: readonly CelType[]) => CelType);
  variadic?: boolean;
  widens?: boolean;
  // The table trusts a declaration: the parameters of the implementation are what `params` says.
  evaluate: (...values: never[]) => unknown;
  specialise?: (args: readonly KnownArgument[]) => Implementation;
}

/** Declares a function that is called by its name. */
export function call(name: string, declaration: Declaration): Overload {
  return declare(name, 'call', declaration);
}

/** Declares a function that is called on its first argument. */
export function method(name: string, declaration: Declaration): Overload {
  return declare(name, 'method', declaration);
}

function declare(name: string, form: 'call' | 'method', declaration: Declaration): Overload {
  const { params, result, variadic = false, widens = false, specialise } = declaration;
  return {
    id: `${form === 'method' ? '.' : ''}${name}(${params.map(describe).join(',')}${variadic ? '...' : ''})`,
    name,
    form,
    params,
    variadic,
    widens,
    result: typeof result === 'function' ? result : () => result,
    evaluate: declaration.evaluate as Implementation,
    ...(specialise === undefined ? {} : { specialise }),
  };
}

function describe(type: CelType): string {
  if (type.kind === 'list') return `list(${describe(type.element)})`;
  if (type.kind === 'optional') return `optional(${describe(type.of)})`;
  return type.kind === 'nullable' ? `${describe(type.of)}?` : type.kind;
}
