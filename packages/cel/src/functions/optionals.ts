import { CelError } from '../cel-error.ts';
import { BOOL, DYN, NOTHING, listOf, optionalOf, type CelType } from '../types/cel-type.ts';
import { kindOfValue } from '../values/kind-of-value.ts';
import { Optional } from '../values/optional.ts';
import { countEntries } from '../values/own.ts';
import { unbox } from '../values/box.ts';
import { call, method, type Overload } from './overload.ts';

const OPTIONAL = optionalOf(DYN);
const held = { params: [OPTIONAL], result: valueOf };

/** Lists the functions on optionals that are no macros; `or` and `orValue` evaluate their argument on demand only. */
export const optionalFunctions: readonly Overload[] = [
  call('optional.of', { params: [DYN], result: made, evaluate: (value) => Optional.of(value) }),
  call('optional.ofNonZeroValue', { params: [DYN], result: made, evaluate: ofNonZeroValue }),
  call('optional.none', { params: [], result: optionalOf(NOTHING), evaluate: () => Optional.none }),
  method('hasValue', { params: [OPTIONAL], result: BOOL, evaluate: (optional: Optional) => optional.hasValue }),
  method('value', { ...held, evaluate: value }),
  call('optional.unwrap', { params: [listOf(OPTIONAL)], result: values, evaluate: unwrap }),
  method('unwrapOpt', { params: [listOf(OPTIONAL)], result: values, evaluate: unwrap }),
];

function made([type]: readonly CelType[]): CelType {
  return optionalOf(type ?? DYN);
}

function valueOf([type]: readonly CelType[]): CelType {
  return type?.kind === 'optional' ? type.of : DYN;
}

function values([type]: readonly CelType[]): CelType {
  return listOf(type?.kind === 'list' && type.element.kind === 'optional' ? type.element.of : DYN);
}

function value(optional: Optional): unknown {
  if (!optional.hasValue) throw new CelError('OPTIONAL_EMPTY', 'the optional holds no value.');
  return optional.value;
}

function unwrap(list: readonly Optional[]): unknown[] {
  return list.filter(({ hasValue }) => hasValue).map((optional) => optional.value);
}

function ofNonZeroValue(candidate: unknown): Optional {
  return isZero(candidate) ? Optional.none : Optional.of(candidate);
}

function isZero(candidate: unknown): boolean {
  const plain = unbox(candidate);
  switch (typeof plain) {
    case 'number':
      return plain === 0;
    case 'bigint':
      return plain === 0n;
    case 'string':
      return plain === '';
    case 'boolean':
      return !plain;
    default:
      return isEmpty(plain);
  }
}

function isEmpty(value: unknown): boolean {
  switch (kindOfValue(value)) {
    case 'null':
      return true;
    case 'list':
    case 'bytes':
      return (value as readonly unknown[]).length === 0;
    case 'map':
      return countEntries(value as object) === 0;
    case 'decimal':
      return (value as { unscaled: bigint }).unscaled === 0n;
    case 'optional':
      return !(value as Optional).hasValue;
    default:
      return false;
  }
}
