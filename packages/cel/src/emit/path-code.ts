import type { Hole } from '@headrace/codegen';

/**
 * Says how generated code reads what expressions ask for. Both methods are called once for a path, while code is made; what they
 * give is evaluated only where the expression comes to ask for the value, and once at most in a run of the function.
 */
export interface PathCode {
  /**
   * Returns an expression for the value at an access path, the variable's name first; null or undefined where it is left out.
   * A bound `Name` is used as it is; all else is kept in a variable where the expressions need it more than once. It may
   * throw: what is no `CelError` is an error of the record, which `&&` and `||` do not absorb.
   */
  read(path: readonly string[]): Hole;
  /**
   * Returns an expression that tells whether nothing stands at a path: one that is read, one that is only tested, or the beginning
   * of either. Null on the way counts as null. Without it the value is read and compared.
   */
  isNull?(path: readonly string[]): Hole;
  /**
   * Promises that values are of the types that the expressions were checked with: fields of records are own properties and never
   * missing, absent values are null. Then paths reach into records as deep as `readsOf` says, and nothing is looked at twice.
   * Without the promise `read` is asked for whole variables only, and every value is looked at as the interpreter does.
   */
  readonly typed?: boolean;
}
