import { conditionCanFail } from '../check/can-fail.ts';
import type { CheckedNode } from '../check/checked.ts';
import { CelError, isLimit } from '../cel-error.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { located, type Compile, type Evaluate } from './evaluate.ts';

type Of<Kind extends CheckedNode['kind']> = CheckedNode & { kind: Kind };

/** Compiles a condition: of type dyn, it is looked at at run time. */
export function compileCondition(node: CheckedNode, compile: Compile): Evaluate {
  const evaluate = compile(node);
  if (node.type.kind !== 'dyn') return evaluate;
  return located(node, (scope, locals) => {
    const value = evaluate(scope, locals);
    if (typeof value === 'boolean') return value;
    throw noSuchOverload('a condition', [value]);
  });
}

/** Compiles `!`. */
export function compileNot(node: Of<'not'>, compile: Compile): Evaluate {
  const operand = compileCondition(node.operand, compile);
  return (scope, locals) => operand(scope, locals) !== true;
}

/** Compiles a conditional; only one arm is evaluated. */
export function compileConditional(node: Of<'conditional'>, compile: Compile): Evaluate {
  const test = compileCondition(node.test, compile);
  const whenTrue = compile(node.whenTrue);
  const whenFalse = compile(node.whenFalse);
  return (scope, locals) => (test(scope, locals) === true ? whenTrue(scope, locals) : whenFalse(scope, locals));
}

/** Compiles `&&` and `||`: plainly where no operand can fail, else so that an operand that decides wins over an error. */
export function compileLogical(node: Of<'logical'>, compile: Compile): Evaluate {
  const operands = node.operands.map((operand) => compileCondition(operand, compile));
  const decides = node.operator === '||';
  // The last operand has nothing after it that could decide, so it may fail as it likes.
  if (node.operands.slice(0, -1).some(conditionCanFail)) return absorbing(operands, decides);
  if (operands.length !== 2) return chained(operands, decides);
  const [left, right] = operands as [Evaluate, Evaluate];
  if (decides) return (scope, locals) => left(scope, locals) === true || right(scope, locals) === true;
  return (scope, locals) => left(scope, locals) === true && right(scope, locals) === true;
}

function chained(operands: readonly Evaluate[], decides: boolean): Evaluate {
  return (scope, locals) => {
    for (const operand of operands) if ((operand(scope, locals) === true) === decides) return decides;
    return !decides;
  };
}

function absorbing(operands: readonly Evaluate[], decides: boolean): Evaluate {
  return (scope, locals) => {
    let first: CelError | null = null;
    for (const operand of operands) {
      try {
        if ((operand(scope, locals) === true) === decides) return decides;
      } catch (error) {
        if (!(error instanceof CelError) || isLimit(error)) throw error;
        first ??= error;
      }
    }
    if (first !== null) throw first;
    return !decides;
  };
}
