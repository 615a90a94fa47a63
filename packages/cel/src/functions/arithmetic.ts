import type { ArithmeticOperator } from '../check/checked.ts';
import type { Kind } from '../types/cel-type.ts';
import * as integer from '../values/integer.ts';
import { concatBytes, concatLists, concatText } from '../values/text.ts';
import { addDecimal, moduloDecimal, multiplyDecimal, subtractDecimal } from '../values/decimal.ts';
import { addDuration, addDurations, betweenTimestamps } from '../values/time-arithmetic.ts';

type Operation = (left: never, right: never) => unknown;

/** Declares an operator for two kinds of operands. */
export interface Signature {
  readonly operator: ArithmeticOperator;
  readonly left: Kind;
  readonly right: Kind;
  readonly result: Kind;
  readonly evaluate: (left: unknown, right: unknown) => unknown;
}

/** Lists what `+ - * / %` do; there is no mixing of int, uint and double. */
export const arithmetic: readonly Signature[] = [
  ...same('int', {
    '+': integer.addInt,
    '-': integer.subtractInt,
    '*': integer.multiplyInt,
    '/': integer.divideInt,
    '%': integer.moduloInt,
  }),
  ...same('double', {
    '+': (a: number, b: number) => a + b,
    '-': (a: number, b: number) => a - b,
    '*': (a: number, b: number) => a * b,
    '/': (a: number, b: number) => a / b,
  }),
  ...same('uint', {
    '+': integer.addUint,
    '-': integer.subtractUint,
    '*': integer.multiplyUint,
    '/': integer.divideUint,
    '%': integer.moduloUint,
  }),
  ...same('string', { '+': concatText }),
  ...same('bytes', { '+': concatBytes }),
  ...same('list', { '+': concatLists }),
  ...same('decimal', {
    '+': addDecimal,
    '-': subtractDecimal,
    '*': multiplyDecimal,
    '%': moduloDecimal,
  }),
  ...same('duration', {
    '+': addDurations,
    '-': (a: number, b: number) => addDurations(a, -b),
  }),
  sign('+', 'timestamp', 'duration', 'timestamp', addDuration),
  sign('+', 'duration', 'timestamp', 'timestamp', (duration: number, ms: number) => addDuration(ms, duration)),
  sign('-', 'timestamp', 'duration', 'timestamp', (ms: number, duration: number) => addDuration(ms, -duration)),
  sign('-', 'timestamp', 'timestamp', 'duration', betweenTimestamps),
];

function same(kind: Kind, operations: Partial<Record<ArithmeticOperator, Operation>>): Signature[] {
  return Object.entries(operations).map(([operator, evaluate]) =>
    sign(operator as ArithmeticOperator, kind, kind, kind, evaluate),
  );
}

function sign(operator: ArithmeticOperator, left: Kind, right: Kind, result: Kind, evaluate: Operation): Signature {
  return { operator, left, right, result, evaluate: evaluate as Signature['evaluate'] };
}
