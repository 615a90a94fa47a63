export { CelError } from './cel-error.ts';
export { check } from './check/check.ts';
export { checkedChildrenOf } from './check/checked-children.ts';
export type {
  ArithmeticOperator,
  Checked,
  CheckedEntry,
  CheckedField,
  CheckedNode,
  Macro,
} from './check/checked.ts';
export type { BuildableRecord, Environment } from './environment.ts';
export type { Scope } from './interpret/evaluate.ts';
export { interpreter } from './interpret/interpreter.ts';
export type { Issue } from './issue.ts';
export { suggest } from './suggest.ts';
export { childrenOf } from './syntax/node.ts';
export type { BinaryOperator, EntryNode, FieldNode, LiteralNode, Node, Span } from './syntax/node.ts';
export { parse } from './syntax/parse.ts';
export type { CelType, Kind } from './types/cel-type.ts';
export { formatType } from './types/format-type.ts';
export { isAssignable } from './types/is-assignable.ts';
export { joinTypes } from './types/join-types.ts';
export { nonNull } from './types/non-null.ts';
export { DoubleBox, DurationBox, TimestampBox, UintBox, isBox, unbox } from './values/box.ts';
export type { Box } from './values/box.ts';
export { leave } from './values/leave.ts';
export { Optional } from './values/optional.ts';
export { TypeValue } from './values/type-value.ts';
