/** Says which part of the source a node was read from, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Holds a literal. Integers are bigints here, however small. */
export type LiteralNode = Span & { readonly kind: 'literal' } & (
    | { readonly type: 'int' | 'uint'; readonly value: bigint }
    | { readonly type: 'double'; readonly value: number }
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'bytes'; readonly value: Uint8Array }
    | { readonly type: 'bool'; readonly value: boolean }
    | { readonly type: 'null'; readonly value: null }
  );

/** Names an operator with two operands, `&&` and `||` excepted: those have any number. */
export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

/** Describes the tree of an expression as written: what the parser gives and the checker reads. */
export type Node =
  | LiteralNode
  | (Span & { readonly kind: 'name'; readonly name: string; readonly absolute: boolean })
  | (Span & {
      readonly kind: 'member';
      readonly target: Node;
      readonly name: string;
      readonly nameSpan: Span;
      readonly optional: boolean;
    })
  /** `optional` where it is written `a.?b` or `a[?i]`. */
  | (Span & { readonly kind: 'index'; readonly target: Node; readonly index: Node; readonly optional: boolean })
  | (Span & {
      readonly kind: 'call';
      readonly target: Node | null;
      readonly name: string;
      readonly nameSpan: Span;
      readonly args: readonly Node[];
    })
  | (Span & { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Node })
  | (Span & { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node })
  | (Span & { readonly kind: 'logical'; readonly operator: '&&' | '||'; readonly operands: readonly Node[] })
  | (Span & { readonly kind: 'conditional'; readonly test: Node; readonly whenTrue: Node; readonly whenFalse: Node })
  /** `optionals` lists the numbers of the elements that are written `?x`: left out where the optional is empty. */
  | (Span & { readonly kind: 'list'; readonly elements: readonly Node[]; readonly optionals: readonly number[] })
  | (Span & { readonly kind: 'map'; readonly entries: readonly EntryNode[] })
  | (Span & {
      readonly kind: 'message';
      readonly name: string;
      readonly nameSpan: Span;
      readonly absolute: boolean;
      readonly fields: readonly FieldNode[];
    });

/** Holds an entry of a map literal; `optional` where it is written `{?k: v}`. */
export interface EntryNode {
  readonly key: Node;
  readonly value: Node;
  readonly optional: boolean;
}

/** Holds a field of a message literal; `optional` where it is written `Geo{?city: v}`. */
export interface FieldNode {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: Node;
  readonly optional: boolean;
}

/** Lists the children of a node in the order of the source. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'member':
      return [node.target];
    case 'index':
      return [node.target, node.index];
    case 'call':
      return node.target === null ? node.args : [node.target, ...node.args];
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'logical':
      return node.operands;
    case 'conditional':
      return [node.test, node.whenTrue, node.whenFalse];
    case 'list':
      return node.elements;
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'message':
      return node.fields.map((field) => field.value);
  }
}
