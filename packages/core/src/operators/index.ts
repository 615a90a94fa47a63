import type { OperatorDefinition } from '../component/operator.ts';
import { branchOperator } from './branch.ts';
import { filterOperator } from './filter.ts';
import { keyByOperator } from './key-by.ts';
import { mapOperator } from './map.ts';

export { branchOperator } from './branch.ts';
export { filterOperator } from './filter.ts';
export { keyByOperator } from './key-by.ts';
export { mapOperator } from './map.ts';

/** The operators that every topology may use. */
export const builtInOperators: readonly OperatorDefinition[] = [
  filterOperator,
  mapOperator,
  branchOperator,
  keyByOperator,
];
