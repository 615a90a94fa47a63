import type { ArithmeticOperator, CheckedNode } from '../check/checked.ts';
import { placed } from '../cel-error.ts';
import { arithmetic, type Signature } from '../functions/arithmetic.ts';
import { addInt, multiplyInt, negateInt, subtractInt, type Integer } from '../values/integer.ts';
import type { CelType, Kind } from '../types/cel-type.ts';
import { DoubleBox, DurationBox, unbox } from '../values/box.ts';
import { kindOfValue, noSuchOverload } from '../values/kind-of-value.ts';
import { widener } from '../values/widen.ts';
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

/** An operand whose kind is known at run time; `isLoose` for a plain number of type dyn, which is an int or a double by the occasion. */
interface Operand {
  readonly kind: Kind;
  readonly value: unknown;
  readonly isLoose: boolean;
}

function compileDynamic(node: ArithmeticNode, left: Evaluate, right: Evaluate): Evaluate {
  const operation = dynamicOperation(node.operator, node.type);
  const [leftType, rightType] = [node.left.type.kind, node.right.type.kind];
  return located(node, (scope, locals) => {
    const [a, b] = [left(scope, locals), right(scope, locals)];
    return operation(operandOf(leftType, a), operandOf(rightType, b));
  });
}

function operandOf(kind: Kind, value: unknown): Operand {
  if (kind !== 'dyn') return { kind, value, isLoose: false };
  return { kind: kindOfValue(value) as Kind, value: unbox(value), isLoose: typeof value === 'number' };
}

// Numbers of JSON have no type of their own, so that a result must not hang on whether one happens to be whole: they divide as
// doubles, and calculate as doubles where one of the operands has a fraction; so the result is such a number again.
function dynamicOperation(operator: ArithmeticOperator, type: CelType): (a: Operand, b: Operand) => unknown {
  const signatures = arithmetic.filter((known) => known.operator === operator);
  const find = (left: Kind, right: Kind): Signature | undefined =>
    signatures.find((known) => known.left === left && known.right === right);
  // Lists are brought to one type before.
  const changed = signatures.filter(({ result }) => result !== 'list');
  const changes = new Map(changed.map((known) => [known, widener({ kind: known.result } as CelType, type)]));
  return (a, b) => {
    const isLoose = (a.isLoose && (b.isLoose || isNumeric(b.kind))) || (b.isLoose && isNumeric(a.kind));
    if (isLoose) return loosely(operator, find, a, b);
    const found = find(a.kind, b.kind);
    if (found === undefined) throw noSuchOverload(`"${operator}"`, [a.value, b.value]);
    const result = found.evaluate(a.value, b.value);
    const change = changes.get(found) ?? null;
    return change === null ? result : change(result);
  };
}

function loosely(
  operator: ArithmeticOperator,
  find: (left: Kind, right: Kind) => Signature | undefined,
  a: Operand,
  b: Operand,
): unknown {
  const [x, y] = [a.value as Integer, b.value as Integer];
  const kinds = [a, b].filter(({ isLoose }) => !isLoose).map(({ kind }) => kind);
  const isDouble = operator === '/' || kinds.includes('double') || !isWhole(x) || !isWhole(y);
  const kind = isDouble ? 'double' : kinds.includes('uint') && x >= 0 && y >= 0 ? 'uint' : 'int';
  const found = find(kind, kind);
  if (found === undefined) throw noSuchOverload(`"${operator}"`, [x, y]);
  return isDouble ? found.evaluate(Number(x), Number(y)) : found.evaluate(x, y);
}

function isWhole(value: Integer): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}

function isNumeric(kind: Kind): boolean {
  return kind === 'int' || kind === 'uint' || kind === 'double';
}

/** Compiles the minus sign. */
export function compileNegate(node: CheckedNode & { kind: 'negate' }, compile: Compile): Evaluate {
  const operand = compile(node.operand);
  const { kind } = node.type;
  if (kind === 'double') return (scope, locals) => -(operand(scope, locals) as number);
  if (kind === 'duration') return (scope, locals) => 0 - (operand(scope, locals) as number);
  if (kind === 'int') return located(node, (scope, locals) => negateInt(operand(scope, locals) as Integer));
  return located(node, (scope, locals) => negateOpen(operand(scope, locals)));
}

function negateOpen(value: unknown): unknown {
  if (value instanceof DoubleBox) return new DoubleBox(-value.value);
  if (value instanceof DurationBox) return new DurationBox(0 - value.value);
  if (typeof value === 'bigint') return BigInt(negateInt(value));
  if (typeof value !== 'number') throw noSuchOverload('"-"', [value]);
  return Number.isInteger(value) ? negateInt(value) : -value;
}
