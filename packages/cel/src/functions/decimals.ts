import { CelError } from '../cel-error.ts';
import { DECIMAL, DOUBLE, INT, STRING, UINT } from '../types/cel-type.ts';
import {
  decimalOf,
  decimalToDouble,
  decimalToInt,
  formatDecimal,
  parseDecimal,
  quotient,
  roundDecimal,
  roundings,
  scaleOf,
  type Decimal,
  type Rounding,
} from '../values/decimal.ts';
import type { Integer } from '../values/integer.ts';
import { spend } from '../values/meter.ts';
import { call, method, type Implementation, type KnownArgument, type Overload } from './overload.ts';

/** Lists the functions on decimals; `+ - * %` and comparisons are operators. */
export const decimalFunctions: readonly Overload[] = [
  call('decimal', { params: [DECIMAL], result: DECIMAL, evaluate: (value: Decimal) => value }),
  call('decimal', { params: [INT], result: DECIMAL, evaluate: (value: Integer) => decimalOf(BigInt(value), 0) }),
  call('decimal', { params: [UINT], result: DECIMAL, evaluate: (value: Integer) => decimalOf(BigInt(value), 0) }),
  call('decimal', { params: [DOUBLE], result: DECIMAL, evaluate: ofDouble }),
  call('decimal', { params: [STRING], result: DECIMAL, evaluate: parseDecimal }),
  call('string', { params: [DECIMAL], result: STRING, evaluate: formatDecimal }),
  call('double', { params: [DECIMAL], result: DOUBLE, evaluate: decimalToDouble }),
  call('int', { params: [DECIMAL], result: INT, evaluate: decimalToInt }),
  method('scale', { params: [DECIMAL], result: INT, evaluate: ({ scale }: Decimal) => scale }),
  method('round', { params: [DECIMAL, INT], result: DECIMAL, evaluate: round }),
  method('round', { params: [DECIMAL, INT, STRING], result: DECIMAL, evaluate: round, specialise: knowing(2, round) }),
  call('quotient', { params: [DECIMAL, DECIMAL, INT], result: DECIMAL, evaluate: divide }),
  call('quotient', {
    params: [DECIMAL, DECIMAL, INT, STRING],
    result: DECIMAL,
    evaluate: divide,
    specialise: knowing(3, divide),
  }),
];

// The digits are those that `string` shows: 0.1 is one tenth.
function ofDouble(value: number): Decimal {
  if (!Number.isFinite(value)) throw new CelError('NOT_A_NUMBER', 'the double is no finite number.');
  return parseDecimal(String(value));
}

function round(value: Decimal, scale: Integer, rounding = 'halfUp'): Decimal {
  return roundDecimal(value, scaleOf(scale), roundingOf(rounding));
}

function divide(a: Decimal, b: Decimal, scale: Integer, rounding = 'halfUp'): Decimal {
  spend(100);
  return quotient(a, b, scaleOf(scale), roundingOf(rounding));
}

function roundingOf(name: string): Rounding {
  const found = roundings.find((known) => known === name);
  if (found !== undefined) return found;
  throw new CelError('UNKNOWN_CHOICE', `the way to round must be one of ${roundings.join(', ')}.`);
}

function knowing(
  index: number,
  evaluate: (...values: never[]) => Decimal,
): (args: readonly KnownArgument[]) => Implementation {
  return (args) => {
    const constant = args[index]?.constant;
    if (typeof constant === 'string') roundingOf(constant);
    return evaluate as Implementation;
  };
}
