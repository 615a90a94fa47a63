import type { Span } from '../syntax/node.ts';
import type { CelType } from '../types/cel-type.ts';

/** Holds what every checked node has: its place and the type of its value, narrowed where the author tested for null. */
export interface Typed extends Span {
  readonly type: CelType;
}

/** Names what a macro does with the elements of a list or the entries of a map. */
export type Macro =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'map'
  | 'filter'
  | 'sortBy'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry';

/** Names the operators that compute; both operands are of kinds that `arithmetic` declares, or `dyn`. */
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** Describes the tree of a checked expression: plain data that an interpreter, or a generator of code, reads. */
export type CheckedNode =
  | (Typed & { readonly kind: 'constant'; readonly value: unknown })
  | (Typed & { readonly kind: 'variable'; readonly name: string })
  /** A variable of a macro or of `cel.bind`, by its number; `deferred` where it may hold the error of a `bind`, which reading it throws. */
  | (Typed & { readonly kind: 'local'; readonly slot: number; readonly name: string; readonly deferred: boolean })
  /** A field of a record, or an entry of a map or a dyn by a name. */
  | (Typed & { readonly kind: 'field'; readonly target: CheckedNode; readonly name: string })
  /** True where the path is there and not null; null on the way gives false. */
  | (Typed & { readonly kind: 'has'; readonly path: CheckedNode })
  | (Typed & { readonly kind: 'index'; readonly target: CheckedNode; readonly index: CheckedNode })
  /** `target.?name`, or a field of an optional: an optional, empty where the target is, has no such field, or its static type is nullable and it is null. */
  | (Typed & { readonly kind: 'optionalField'; readonly target: CheckedNode; readonly name: string })
  /** `target[?index]`, or an entry of an optional. */
  | (Typed & { readonly kind: 'optionalIndex'; readonly target: CheckedNode; readonly index: CheckedNode })
  /** `left.or(right)`, which gives an optional, or `left.orValue(right)`, which gives a value; the right side only on demand. */
  | (Typed & {
      readonly kind: 'optionalOr';
      readonly left: CheckedNode;
      readonly right: CheckedNode;
      readonly gives: 'optional' | 'value';
    })
  /** `target.optMap(x, body)`; with `flat` the body gives an optional itself (`optFlatMap`). */
  | (Typed & {
      readonly kind: 'optionalMap';
      readonly target: CheckedNode;
      readonly slot: number;
      readonly body: CheckedNode;
      readonly flat: boolean;
    })
  /** `cel.bind(x, value, body)`: the value is evaluated once; its error is kept and thrown where the variable is read. */
  | (Typed & { readonly kind: 'bind'; readonly slot: number; readonly value: CheckedNode; readonly body: CheckedNode })
  /** Makes a value of a static type one of a type that is `dyn` here or further in: `widener(operand.type, type)`. */
  | (Typed & { readonly kind: 'widen'; readonly operand: CheckedNode })
  /** Makes a value of type `dyn` one of a static type, `narrow(type, value)`; fails where it is none (`accepts`). Text may become an enum so, too. */
  | (Typed & { readonly kind: 'narrow'; readonly operand: CheckedNode })
  /** Fails where the operand is null; `proven` where the author tested before. */
  | (Typed & { readonly kind: 'required'; readonly operand: CheckedNode; readonly proven: boolean })
  | (Typed & { readonly kind: 'not'; readonly operand: CheckedNode })
  | (Typed & { readonly kind: 'negate'; readonly operand: CheckedNode })
  | (Typed & { readonly kind: 'logical'; readonly operator: '&&' | '||'; readonly operands: readonly CheckedNode[] })
  | (Typed & {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: CheckedNode;
      readonly right: CheckedNode;
    })
  | (Typed & {
      readonly kind: 'compare';
      readonly operator: '<' | '<=' | '>' | '>=';
      readonly left: CheckedNode;
      readonly right: CheckedNode;
    })
  | (Typed & {
      readonly kind: 'equality';
      readonly operator: '==' | '!=';
      readonly left: CheckedNode;
      readonly right: CheckedNode;
    })
  | (Typed & { readonly kind: 'membership'; readonly left: CheckedNode; readonly right: CheckedNode })
  | (Typed & {
      readonly kind: 'conditional';
      readonly test: CheckedNode;
      readonly whenTrue: CheckedNode;
      readonly whenFalse: CheckedNode;
    })
  /** `optionals` are the numbers of elements that are optionals: the value is an element, nothing is left out. */
  | (Typed & {
      readonly kind: 'list';
      readonly elements: readonly CheckedNode[];
      readonly optionals: readonly number[];
    })
  /** An object without prototype where the type's keys are text, else a `Map`. */
  | (Typed & { readonly kind: 'map'; readonly entries: readonly CheckedEntry[] })
  /** A record that is built, with all of its fields in the order of its type. */
  | (Typed & { readonly kind: 'record'; readonly fields: readonly CheckedField[] })
  /** One overload where the types decide it; several where values of type `dyn` decide at run time. */
  | (Typed & {
      readonly kind: 'call';
      readonly name: string;
      readonly overloads: readonly string[];
      readonly dynamic: boolean;
      readonly args: readonly CheckedNode[];
    })
  /**
   * A macro over a list or a map. With one variable, `slot` is the element or the key; with two, `slot` is the index or the key
   * and `second` the element or the value. `sortBy` puts the elements in the order of `transform`; `transformMapEntry` merges the maps that `transform` gives.
   */
  | (Typed & {
      readonly kind: 'comprehension';
      readonly macro: Macro;
      readonly range: CheckedNode;
      readonly slot: number;
      readonly second: number | null;
      readonly condition: CheckedNode | null;
      readonly transform: CheckedNode | null;
    })
  /** An aggregate over the records of a group; whoever runs it evaluates the arguments, the interpreter fails. */
  | (Typed & { readonly kind: 'aggregate'; readonly name: string; readonly args: readonly CheckedNode[] })
  /** What fails whenever it is evaluated: in an environment that is `unchecked`, what would be an error of the checker. */
  | (Typed & { readonly kind: 'fail'; readonly code: string; readonly message: string });

/** Holds an entry of a map that is built; where it is optional, `value` is an optional and the entry may be left out. */
export interface CheckedEntry {
  readonly key: CheckedNode;
  readonly value: CheckedNode;
  readonly optional: boolean;
}

/** Holds a field of a record that is built; where it is optional, `value` is an optional, and `otherwise` stands where it is empty. */
export interface CheckedField {
  readonly name: string;
  readonly value: CheckedNode;
  readonly optional: boolean;
  readonly otherwise: unknown;
}

/** Holds an expression that has no errors, ready to be run or turned into code. */
export interface Checked {
  readonly source: string;
  readonly type: CelType;
  readonly tree: CheckedNode;
  /** What is read of the variables: maximal access paths, the variable's name first, lists and maps whole. */
  readonly paths: readonly (readonly string[])[];
  /** The same, more exactly: a step `[]` enters the elements of a list and `{}` the values of a map (`items [] price`). */
  readonly innerPaths: readonly (readonly string[])[];
  /** Whether the expression reads no variable. */
  readonly constant: boolean;
}
