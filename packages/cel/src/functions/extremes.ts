import { CelError } from '../cel-error.ts';
import { DECIMAL, DOUBLE, DYN, INT, UINT, isNumeric, isOpen, listOf, type CelType } from '../types/cel-type.ts';
import { unbox } from '../values/box.ts';
import { compareDecimal, type Decimal } from '../values/decimal.ts';
import type { Integer } from '../values/integer.ts';
import { kindOfValue, noSuchOverload } from '../values/kind-of-value.ts';
import { nonNull } from '../types/non-null.ts';
import { call, type Implementation, type KnownArgument, type Overload } from './overload.ts';

type Compare = (a: never, b: never) => number;

/** Lists `math.least` and `math.greatest`: of numbers of one type, of several types, and of lists. */
export const extremeFunctions: readonly Overload[] = [...extreme('math.least', -1), ...extreme('math.greatest', 1)];

function extreme(name: string, sign: number): Overload[] {
  const types: readonly [CelType, Compare][] = [
    [INT, compareNumbers],
    [UINT, compareNumbers],
    [DOUBLE, compareNumbers],
    [DECIMAL, compareDecimal],
  ];
  return [
    ...types.map(([type, compare]) =>
      call(name, {
        params: [type],
        variadic: true,
        result: type,
        evaluate: (...values: unknown[]) => most(values, compare, sign),
      }),
    ),
    ...types.map(([type, compare]) =>
      call(name, { params: [listOf(type)], result: type, evaluate: (list: unknown[]) => most(list, compare, sign) }),
    ),
    call(name, {
      params: [listOf(DYN)],
      result: DYN,
      widens: true,
      evaluate: (list: unknown[]) => most(list, compareAny, sign),
    }),
    call(name, {
      params: [DYN],
      variadic: true,
      result: DYN,
      widens: true,
      evaluate: (...values: unknown[]) => most(values, compareAny, sign),
      specialise: (args) => onlyNumbers(name, args, (...values) => most(values, compareAny, sign)),
    }),
  ];
}

// The overload for anything takes numbers of several types; what is known to be no number is refused before it runs.
function onlyNumbers(name: string, args: readonly KnownArgument[], evaluate: Implementation): Implementation {
  for (const { type } of args) {
    const known = nonNull(type);
    if (isNumeric(known) || isOpen(known)) continue;
    throw new CelError('NO_SUCH_OVERLOAD', `"${name}" takes numbers, or one list of numbers.`);
  }
  return evaluate;
}

function most(values: readonly unknown[], compare: Compare, sign: number): unknown {
  if (values.length === 0) throw new CelError('EMPTY_LIST', 'an empty list has no least and no greatest element.');
  let best = values[0];
  // One value alone is looked at, too.
  for (const value of values) if (compare(value as never, best as never) * sign > 0) best = value;
  return best;
}

function compareNumbers(a: Integer, b: Integer): number {
  if (Number.isNaN(a) || Number.isNaN(b)) throw new CelError('NOT_A_NUMBER', 'NaN has no order.');
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareAny(a: unknown, b: unknown): number {
  const [kind, other] = [kindOfValue(a), kindOfValue(b)];
  if (kind === 'decimal' && other === 'decimal') return compareDecimal(a as Decimal, b as Decimal);
  const [x, y] = [unbox(a), unbox(b)];
  if (!isNumberKind(kind) || !isNumberKind(other)) throw noSuchOverload('the order of numbers', [a, b]);
  return compareNumbers(x as Integer, y as Integer);
}

function isNumberKind(kind: string): boolean {
  return kind === 'int' || kind === 'uint' || kind === 'double';
}
