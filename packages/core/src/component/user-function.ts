import { HeadraceError } from '../errors/headrace-error.ts';

/** A function of an author, as JavaScript calls it; components know the signature that they call it by. */
export type AnyFunction = (...input: never[]) => unknown;

/**
 * Stands for a function that an author wrote: an export of a file (`{ "$use": "./score.ts#score" }`), or a lambda of a TypeScript
 * topology. Validation sees only that it is there; `run` and `test` bind it before anything calls it.
 */
export class UserFunction {
  /** What messages call it: `./score.ts#score`, or `a function of "paid"`. */
  readonly name: string;
  /** The file as written, and the export; null for a lambda. */
  readonly origin: { readonly file: string; readonly exported: string } | null;
  /** The schema of what it makes, as written; undefined where none is. */
  readonly returns: unknown;
  #bound: AnyFunction | null;

  constructor(name: string, origin: UserFunction['origin'], returns: unknown, bound: AnyFunction | null = null) {
    this.name = name;
    this.origin = origin;
    this.returns = returns;
    this.#bound = bound;
  }

  /** Tells whether it can be called. */
  get isBound(): boolean {
    return this.#bound !== null;
  }

  /** Gives it what it stands for. */
  bind(bound: AnyFunction): void {
    this.#bound = bound;
  }

  /** Returns the function itself, under the signature that the component calls it by. Throws `FUNCTION_NOT_LOADED` before it is bound. */
  bound<F extends AnyFunction>(): F {
    if (this.#bound !== null) return this.#bound as F;
    throw new HeadraceError('FUNCTION_NOT_LOADED', `The function "${this.name}" was not loaded before it was called.`);
  }
}
