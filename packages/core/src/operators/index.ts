import type { OperatorDefinition } from '../component/operator.ts';
import { assertOperator } from './assert.ts';
import { branchOperator } from './branch.ts';
import { filterOperator } from './filter.ts';
import { flatMapOperator } from './flat-map.ts';
import { keyByOperator } from './key-by.ts';
import { lookupOperator } from './lookup.ts';
import { mapOperator } from './map.ts';
import { parseOperator } from './parse.ts';
import { peekOperator } from './peek.ts';
import { processOperator } from './process.ts';
import { rxOperator } from './rx.ts';
import { sampleOperator } from './sample.ts';
import { throttleOperator } from './throttle.ts';

export { branch, branchOperator } from './branch.ts';
export type { BranchCase } from './branch.ts';
export { filter, filterOperator } from './filter.ts';
export { keyBy, keyByOperator } from './key-by.ts';
export type { WrittenKey } from './key-by.ts';
export { map } from './map-function.ts';
export type { Mapped, WrittenFields, WrittenMap } from './map-function.ts';
export { mapOperator } from './map.ts';
export { assert } from './assert.ts';
export { flatMap } from './flat-map.ts';
export type { FlatMapped, WrittenFlatMap } from './flat-map.ts';
export { lookup } from './lookup.ts';
export type { WrittenLookup } from './lookup.ts';
export { parse } from './parse.ts';
export type { WrittenParse } from './parse.ts';
export { peek } from './peek.ts';
export { process } from './process.ts';
export { sample } from './sample.ts';
export { throttle } from './throttle.ts';
export { rx } from './rx.ts';
export type { RxFunction } from './rx.ts';

/** The operators that every topology may use. */
export const builtInOperators: readonly OperatorDefinition[] = [
  filterOperator,
  mapOperator,
  flatMapOperator,
  branchOperator,
  keyByOperator,
  parseOperator,
  assertOperator,
  peekOperator,
  sampleOperator,
  throttleOperator,
  processOperator,
  lookupOperator,
  rxOperator,
];
