import { CelError } from '../cel-error.ts';
import { INT, UINT } from '../types/cel-type.ts';
import { toInt, toUint, type Integer } from '../values/integer.ts';
import { call, type Overload } from './overload.ts';

/** Lists the functions on the bits of ints (two's complement) and uints. */
export const bitFunctions: readonly Overload[] = [
  ...binary('math.bitAnd', (a, b) => a & b),
  ...binary('math.bitOr', (a, b) => a | b),
  ...binary('math.bitXor', (a, b) => a ^ b),
  call('math.bitNot', { params: [INT], result: INT, evaluate: (a: Integer) => toInt(~BigInt(a)) }),
  call('math.bitNot', {
    params: [UINT],
    result: UINT,
    evaluate: (a: Integer) => toUint(BigInt.asUintN(64, ~BigInt(a))),
  }),
  ...shift('math.bitShiftLeft', (bits, by) => bits << by),
  ...shift('math.bitShiftRight', (bits, by) => bits >> by),
];

function binary(name: string, operation: (a: bigint, b: bigint) => bigint): Overload[] {
  return [
    call(name, {
      params: [INT, INT],
      result: INT,
      evaluate: (a: Integer, b: Integer) => toInt(operation(BigInt(a), BigInt(b))),
    }),
    call(name, {
      params: [UINT, UINT],
      result: UINT,
      evaluate: (a: Integer, b: Integer) => toUint(operation(BigInt(a), BigInt(b))),
    }),
  ];
}

// Both work on the 64 bits as they are: shifting an int to the right fills up with zeros.
function shift(name: string, operation: (bits: bigint, by: bigint) => bigint): Overload[] {
  const shifted = (value: Integer, by: Integer): bigint => {
    if (by < 0) throw new CelError('INDEX_OUT_OF_RANGE', 'bits are shifted by a negative number.');
    return by > 63 ? 0n : BigInt.asUintN(64, operation(BigInt.asUintN(64, BigInt(value)), BigInt(by)));
  };
  return [
    call(name, {
      params: [INT, INT],
      result: INT,
      evaluate: (value: Integer, by: Integer) => toInt(BigInt.asIntN(64, shifted(value, by))),
    }),
    call(name, {
      params: [UINT, INT],
      result: UINT,
      evaluate: (value: Integer, by: Integer) => toUint(shifted(value, by)),
    }),
  ];
}
