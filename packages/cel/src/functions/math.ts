import { CelError } from '../cel-error.ts';
import { DOUBLE, INT, UINT, type CelType } from '../types/cel-type.ts';
import { negateInt, type Integer } from '../values/integer.ts';
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
  ...[INT, UINT, DOUBLE].flatMap((type) => [
    call('math.least', { params: [type], variadic: true, result: type, evaluate: least }),
    call('math.greatest', { params: [type], variadic: true, result: type, evaluate: greatest }),
  ]),
  call('math.round', rounding(roundAwayFromZero)),
  call('math.floor', rounding(Math.floor)),
  call('math.ceil', rounding(Math.ceil)),
  call('math.trunc', rounding(Math.trunc)),
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

function least(...values: Integer[]): Integer {
  return values.reduce((a, b) => (b < refuseNaN(a) ? b : a));
}

function greatest(...values: Integer[]): Integer {
  return values.reduce((a, b) => (b > refuseNaN(a) ? b : a));
}

function refuseNaN(value: Integer): Integer {
  if (Number.isNaN(value)) throw new CelError('NOT_A_NUMBER', 'NaN has no order.');
  return value;
}
