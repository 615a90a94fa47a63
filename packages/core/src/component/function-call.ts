import type { CelType } from '@headrace/cel';
import type { ValueType } from '../types/edge-type.ts';
import type { UserFunction } from './user-function.ts';

/** A function of the author's that takes the place of an expression. What it gives is looked at while running. */
export interface FunctionCall {
  readonly kind: 'function';
  readonly use: UserFunction;
  /** What expressions see of it: that of `returns`, else dynamic. */
  readonly type: CelType;
  readonly returns: ValueType;
}

/** Tells whether what was checked is a function and no expression. */
export function isFunctionCall(checked: object): checked is FunctionCall {
  return 'kind' in checked && checked.kind === 'function';
}
