import { BOOL, DYN, listOf } from '../types/cel-type.ts';
import { spend } from '../values/meter.ts';
import { ValueSet } from '../values/value-set.ts';
import { call, type Overload } from './overload.ts';

type List = readonly unknown[];
const lists = { params: [listOf(DYN), listOf(DYN)], result: BOOL };

/** Lists the functions that take lists for sets. */
export const setFunctions: readonly Overload[] = [
  call('sets.contains', { ...lists, evaluate: (list: List, part: List) => hasAll(setOf(list), part) }),
  call('sets.equivalent', {
    ...lists,
    evaluate: (a: List, b: List) => hasAll(setOf(a), b) && hasAll(setOf(b), a),
  }),
  call('sets.intersects', { ...lists, evaluate: intersects }),
];

function setOf(list: List): ValueSet {
  const set = new ValueSet();
  spend(list.length);
  for (const item of list) set.add(item);
  return set;
}

function hasAll(set: ValueSet, items: List): boolean {
  spend(items.length);
  return items.every((item) => set.has(item));
}

function intersects(a: List, b: List): boolean {
  const set = setOf(a);
  spend(b.length);
  return b.some((item) => set.has(item));
}
