import { canFail } from '../check/can-fail.ts';
import type { CheckedNode } from '../check/checked.ts';
import { CelError, isLimit } from '../cel-error.ts';
import type { Compile, Evaluate } from './evaluate.ts';

/** Holds the error of a value that `cel.bind` names, until somebody reads it. */
class Deferred {
  readonly error: CelError;

  constructor(error: CelError) {
    this.error = error;
  }
}

/** Compiles the reading of a variable of a macro or a `bind`. */
export function compileLocal(node: CheckedNode & { kind: 'local' }): Evaluate {
  const { slot } = node;
  if (!node.deferred) return (_, locals) => locals.values[slot];
  return (_, locals) => {
    const value = locals.values[slot];
    if (value instanceof Deferred) throw value.error;
    return value;
  };
}

/** Compiles `cel.bind`: its value is evaluated once, before the body, and what fails there fails where it is read. */
export function compileBind(node: CheckedNode & { kind: 'bind' }, compile: Compile): Evaluate {
  const value = canFail(node.value) ? deferring(compile(node.value)) : compile(node.value);
  const body = compile(node.body);
  const { slot } = node;
  return (scope, locals) => {
    locals.values[slot] = value(scope, locals);
    return body(scope, locals);
  };
}

function deferring(evaluate: Evaluate): Evaluate {
  return (scope, locals) => {
    try {
      return evaluate(scope, locals);
    } catch (error) {
      if (!(error instanceof CelError) || isLimit(error)) throw error;
      return new Deferred(error);
    }
  };
}
