import { CelError } from '../cel-error.ts';
import { DYN, INT, isOpen, listOf, optionalOf, type CelType } from '../types/cel-type.ts';
import { compareKeys } from '../values/compare.ts';
import type { Integer } from '../values/integer.ts';
import { spend } from '../values/meter.ts';
import { Optional } from '../values/optional.ts';
import { limitBuilt } from '../values/text.ts';
import { ValueSet } from '../values/value-set.ts';
import { call, method, type Implementation, type KnownArgument, type Overload } from './overload.ts';

const LIST = listOf(DYN);
const same = ([list]: readonly CelType[]): CelType => (list?.kind === 'list' ? list : LIST);
const element = (args: readonly CelType[]): CelType => optionalOf((same(args) as CelType & { kind: 'list' }).element);

/** Lists the functions on lists. */
export const listFunctions: readonly Overload[] = [
  call('lists.range', { params: [INT], result: listOf(INT), evaluate: range }),
  method('slice', { params: [LIST, INT, INT], result: same, evaluate: slice }),
  method('flatten', { params: [LIST], result: flattened, evaluate: (list: unknown[]) => flatten(list, 1) }),
  method('flatten', { params: [LIST, INT], result: LIST, widens: true, evaluate: flatten }),
  method('sort', { params: [LIST], result: same, evaluate: (list: unknown[]) => sort(list, DYN), specialise: sorter }),
  method('distinct', { params: [LIST], result: same, evaluate: distinct }),
  method('reverse', { params: [LIST], result: same, evaluate: reverse }),
  method('first', { params: [LIST], result: element, evaluate: (list: unknown[]) => optionalAt(list, 0) }),
  method('last', { params: [LIST], result: element, evaluate: (list: unknown[]) => optionalAt(list, list.length - 1) }),
];

function range(count: Integer): number[] {
  if (count < 0) throw new CelError('INDEX_OUT_OF_RANGE', 'a range has a negative length.');
  limitBuilt(Number(count));
  return Array.from({ length: Number(count) }, (_, i) => i);
}

function slice(list: readonly unknown[], from: Integer, to: Integer): unknown[] {
  if (from < 0 || to < from || to > list.length) {
    throw new CelError('INDEX_OUT_OF_RANGE', 'the positions are outside of the list, or the wrong way round.');
  }
  limitBuilt(Number(to) - Number(from));
  return list.slice(Number(from), Number(to));
}

function flattened(args: readonly CelType[]): CelType {
  const list = same(args);
  return list.kind === 'list' && list.element.kind === 'list' ? list.element : list;
}

function flatten(list: readonly unknown[], depth: Integer): unknown[] {
  if (depth < 0) throw new CelError('INDEX_OUT_OF_RANGE', 'the depth of a flattening is negative.');
  let flat: unknown[] = [...list];
  for (let i = 0; i < depth && flat.some(Array.isArray); i++) {
    let size = 0;
    for (const item of flat) size += Array.isArray(item) ? item.length : 1;
    limitBuilt(size);
    flat = flat.flat();
  }
  return flat;
}

const ORDERED = new Set(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration', 'decimal']);

function sorter([list]: readonly KnownArgument[]): Implementation {
  const type = list?.type.kind === 'list' ? list.type.element : DYN;
  if (!isOpen(type) && !ORDERED.has(type.kind)) {
    throw new CelError('NO_SUCH_OVERLOAD', 'values of this type have no order; sortBy(x, …) sorts by a part of them.');
  }
  return (values) => sort(values as unknown[], type);
}

function sort(list: readonly unknown[], type: CelType): unknown[] {
  spend(list.length * 8);
  // A single element is looked at, too.
  if (list.length === 1) compareKeys(type, list[0], list[0]);
  return list.toSorted((a, b) => compareKeys(type, a, b));
}

function distinct(list: readonly unknown[]): unknown[] {
  const seen = new ValueSet();
  spend(list.length);
  return list.filter((item) => seen.add(item));
}

function reverse(list: readonly unknown[]): unknown[] {
  limitBuilt(list.length);
  return list.toReversed();
}

function optionalAt(list: readonly unknown[], index: number): Optional {
  return list.length === 0 ? Optional.none : Optional.of(list[index]);
}
