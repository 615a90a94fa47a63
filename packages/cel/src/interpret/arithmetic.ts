import type { CheckedNode } from '../check/checked.ts';
import { placed } from '../cel-error.ts';
import { arithmetic, type Signature } from '../functions/arithmetic.ts';
import { addInt, multiplyInt, negateInt, subtractInt, type Integer } from '../values/integer.ts';
import { kindOfValue, noSuchOverload } from '../values/kind-of-value.ts';
import { located, type Compile, type Evaluate } from './evaluate.ts';

type ArithmeticNode = CheckedNode & { kind: 'arithmetic' };

/** Compiles `+ - * / %`: at once for the commonest types, by the table for the others, by the values where a type is dyn. */
export function compileArithmetic(node: ArithmeticNode, compile: Compile): Evaluate {
  const left = compile(node.left);
  const right = compile(node.right);
  const [a, b] = [node.left.type.kind, node.right.type.kind];
  if (a === 'dyn' || b === 'dyn') return compileDynamic(node, left, right);
  if (a === 'double') return compileDouble(node.operator, left, right);
  if (a === 'int' && b === 'int' && node.operator !== '/' && node.operator !== '%')
    return compileInt(node, left, right);
  const signature = arithmetic.find(
    (known) => known.operator === node.operator && known.left === a && known.right === b,
  );
  if (signature === undefined) throw new Error(`No operator "${node.operator}" for ${a} and ${b}.`);
  const { evaluate } = signature;
  return located(node, (scope, locals) => evaluate(left(scope, locals), right(scope, locals)));
}

function compileDouble(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case '+':
      return (scope, locals) => (left(scope, locals) as number) + (right(scope, locals) as number);
    case '-':
      return (scope, locals) => (left(scope, locals) as number) - (right(scope, locals) as number);
    case '*':
      return (scope, locals) => (left(scope, locals) as number) * (right(scope, locals) as number);
    default:
      return (scope, locals) => (left(scope, locals) as number) / (right(scope, locals) as number);
  }
}

function compileInt(node: ArithmeticNode, left: Evaluate, right: Evaluate): Evaluate {
  const place = { start: node.start, end: node.end };
  const slowly = (operation: (a: Integer, b: Integer) => Integer, a: unknown, b: unknown): Integer => {
    try {
      return operation(a as Integer, b as Integer);
    } catch (error) {
      throw placed(error, place);
    }
  };
  switch (node.operator) {
    case '+':
      return (scope, locals) => {
        const [a, b] = [left(scope, locals), right(scope, locals)];
        const sum = typeof a === 'number' && typeof b === 'number' ? a + b : NaN;
        return isSafe(sum) ? sum : slowly(addInt, a, b);
      };
    case '-':
      return (scope, locals) => {
        const [a, b] = [left(scope, locals), right(scope, locals)];
        const difference = typeof a === 'number' && typeof b === 'number' ? a - b : NaN;
        return isSafe(difference) ? difference : slowly(subtractInt, a, b);
      };
    default:
      return (scope, locals) => slowly(multiplyInt, left(scope, locals), right(scope, locals));
  }
}

function isSafe(value: number): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
}

// A dyn that meets a static type takes it on if it can; two dyn are ints where both have no fraction, else doubles. Numbers of JSON
// have no type of their own, so that a result must not hang on whether one happens to be whole: they divide as doubles, and
// calculate as doubles where one of them has a fraction.
function compileDynamic(node: ArithmeticNode, left: Evaluate, right: Evaluate): Evaluate {
  const signatures = arithmetic.filter(({ operator }) => operator === node.operator);
  const [leftKind, rightKind] = [node.left.type.kind, node.right.type.kind];
  const asDouble = signatures.find(({ left: kind }) => kind === 'double');
  return located(node, (scope, locals) => {
    const [a, b] = [left(scope, locals), right(scope, locals)];
    if (typeof a === 'number' && typeof b === 'number') {
      if (node.operator === '/') return a / b;
      const whole = Number.isInteger(a) && Number.isInteger(b);
      if (!whole && asDouble !== undefined && isNumeric(leftKind) && isNumeric(rightKind))
        return asDouble.evaluate(a, b);
    }
    const found = signatures.find((known) => couldBe(leftKind, known.left, a) && couldBe(rightKind, known.right, b));
    if (found === undefined) throw noSuchOverload(`"${node.operator}"`, [a, b]);
    return found.evaluate(a, b);
  });
}

function isNumeric(kind: CheckedNode['type']['kind']): boolean {
  return kind === 'dyn' || kind === 'int' || kind === 'uint' || kind === 'double';
}

// Signatures of int stand before those of double, those before uint.
function couldBe(type: CheckedNode['type']['kind'], wanted: Signature['left'], value: unknown): boolean {
  if (type !== 'dyn') return type === wanted;
  const kind = kindOfValue(value);
  if (wanted === 'double') return typeof value === 'number';
  if (wanted === 'uint') return kind === 'int' && (value as number) >= 0;
  return kind === wanted;
}

/** Compiles the minus sign. */
export function compileNegate(node: CheckedNode & { kind: 'negate' }, compile: Compile): Evaluate {
  const operand = compile(node.operand);
  const { kind } = node.type;
  if (kind === 'double') return (scope, locals) => -(operand(scope, locals) as number);
  if (kind === 'duration') return (scope, locals) => 0 - (operand(scope, locals) as number);
  if (kind === 'int') return located(node, (scope, locals) => negateInt(operand(scope, locals) as Integer));
  return located(node, (scope, locals) => {
    const value = operand(scope, locals);
    if (typeof value !== 'number' && typeof value !== 'bigint') throw noSuchOverload('"-"', [value]);
    if (typeof value === 'number' && Number.isNaN(value)) return value;
    if (Number.isInteger(value) || typeof value === 'bigint') return negateInt(value);
    return -value;
  });
}
