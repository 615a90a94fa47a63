import type { Span } from '../syntax/node.ts';
import type { CelType } from '../types/cel-type.ts';

/** Holds what every checked node has: its place and the type of its value, narrowed where the author tested for null. */
export interface Typed extends Span {
  readonly type: CelType;
}

/** Names what a macro does with the elements of a list or the keys of a map. */
export type Macro = 'all' | 'exists' | 'exists_one' | 'map' | 'filter';

/** Names the operators that compute; both operands are of kinds that `arithmetic` declares, or `dyn`. */
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** Describes the tree of a checked expression: plain data that an interpreter, or a generator of code, reads. */
export type CheckedNode =
  | (Typed & { readonly kind: 'constant'; readonly value: unknown })
  | (Typed & { readonly kind: 'variable'; readonly name: string })
  /** A variable of a macro, by its number. */
  | (Typed & { readonly kind: 'local'; readonly slot: number; readonly name: string })
  /** A field of a record, or an entry of a map or a dyn by a name. */
  | (Typed & { readonly kind: 'field'; readonly target: CheckedNode; readonly name: string })
  /** True where the path is there and not null; null on the way gives false. */
  | (Typed & { readonly kind: 'has'; readonly path: CheckedNode })
  | (Typed & { readonly kind: 'index'; readonly target: CheckedNode; readonly index: CheckedNode })
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
  | (Typed & { readonly kind: 'list'; readonly elements: readonly CheckedNode[] })
  | (Typed & {
      readonly kind: 'map';
      readonly entries: readonly { readonly key: CheckedNode; readonly value: CheckedNode }[];
    })
  /** One overload where the types decide it; several where values of type `dyn` decide at run time. */
  | (Typed & {
      readonly kind: 'call';
      readonly name: string;
      readonly overloads: readonly string[];
      readonly dynamic: boolean;
      readonly args: readonly CheckedNode[];
    })
  | (Typed & {
      readonly kind: 'comprehension';
      readonly macro: Macro;
      readonly range: CheckedNode;
      readonly slot: number;
      readonly condition: CheckedNode | null;
      readonly transform: CheckedNode | null;
    });

/** Holds an expression that has no errors, ready to be run or turned into code. */
export interface Checked {
  readonly source: string;
  readonly type: CelType;
  readonly tree: CheckedNode;
  /** What is read of the variables: maximal access paths, the variable's name first, lists and maps whole. */
  readonly paths: readonly (readonly string[])[];
  /** Whether the expression reads no variable. */
  readonly constant: boolean;
}
