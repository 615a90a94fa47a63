import { DECIMAL, DOUBLE, INT, UINT, type CelType } from '../types/cel-type.ts';
import { negateDecimal, type Decimal } from '../values/decimal.ts';
import { negateInt, type Integer } from '../values/integer.ts';
import { BOOL } from '../types/cel-type.ts';
import { call, type Overload } from './overload.ts';

/** Lists the functions on numbers, under the names of CEL's extension `math`. */
export const mathFunctions: readonly Overload[] = [
  call('math.abs', {
    params: [INT],
    result: INT,
    evaluate: (value: Integer) => (value < 0 ? negateInt(value) : value),
  }),
  call('math.abs', { params: [UINT], result: UINT, evaluate: (value: Integer) => value }),
  call('math.abs', { params: [DOUBLE], result: DOUBLE, evaluate: Math.abs }),
  call('math.abs', {
    params: [DECIMAL],
    result: DECIMAL,
    evaluate: (value: Decimal) => (value.unscaled < 0n ? negateDecimal(value) : value),
  }),
  call('math.sign', { params: [INT], result: INT, evaluate: signOf }),
  call('math.sign', { params: [UINT], result: UINT, evaluate: signOf }),
  call('math.sign', { params: [DOUBLE], result: DOUBLE, evaluate: Math.sign }),
  call('math.sign', { params: [DECIMAL], result: INT, evaluate: (value: Decimal) => signOf(value.unscaled) }),
  call('math.round', rounding(roundAwayFromZero)),
  call('math.floor', rounding(Math.floor)),
  call('math.ceil', rounding(Math.ceil)),
  call('math.trunc', rounding(Math.trunc)),
  ...[INT, UINT, DOUBLE].map((type) =>
    call('math.sqrt', { params: [type], result: DOUBLE, evaluate: (value: Integer) => Math.sqrt(Number(value)) }),
  ),
  call('math.isNaN', { params: [DOUBLE], result: BOOL, evaluate: Number.isNaN }),
  call('math.isInf', {
    params: [DOUBLE],
    result: BOOL,
    evaluate: (value: number) => value === Infinity || value === -Infinity,
  }),
  call('math.isFinite', { params: [DOUBLE], result: BOOL, evaluate: Number.isFinite }),
];

function rounding(evaluate: (value: number) => number): {
  params: CelType[];
  result: CelType;
  evaluate: (value: number) => number;
} {
  return { params: [DOUBLE], result: DOUBLE, evaluate };
}

function roundAwayFromZero(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

function signOf(value: Integer): number {
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}
