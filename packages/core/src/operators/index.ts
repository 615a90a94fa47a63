import type { OperatorDefinition } from '../component/operator.ts';
import { branchOperator } from './branch.ts';
import { filterOperator } from './filter.ts';
import { keyByOperator } from './key-by.ts';
import { mapOperator } from './map.ts';

export { branch, branchOperator } from './branch.ts';
export type { BranchCase } from './branch.ts';
export { filter, filterOperator } from './filter.ts';
export { keyBy, keyByOperator } from './key-by.ts';
export type { WrittenKey } from './key-by.ts';
export { map } from './map-function.ts';
export type { Mapped, WrittenFields, WrittenMap } from './map-function.ts';
export { mapOperator } from './map.ts';

/** The operators that every topology may use. */
export const builtInOperators: readonly OperatorDefinition[] = [
  filterOperator,
  mapOperator,
  branchOperator,
  keyByOperator,
];
