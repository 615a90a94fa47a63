import { checkedChildrenOf, interpreter, type CheckedNode } from '@headrace/cel';
import type { Expression } from '../component/contexts.ts';
import { isFunctionCall } from '../component/function-call.ts';
import { compileCall } from './call-function.ts';
import type { NameReader, RecordNames } from './record-names.ts';

/** Evaluates an expression on the record that a stage is at work on. */
export type Evaluate = () => unknown;

const none: ReadonlyMap<string, NameReader> = new Map();

/** Builds what evaluates an expression; `variables` hide the names of the record. */
export function compileExpression(
  expression: Expression,
  names: RecordNames,
  variables: ReadonlyMap<string, NameReader> = none,
): Evaluate {
  if (isFunctionCall(expression)) return compileCall(expression, names.row);
  const evaluate = interpreter(expression);
  const whole = new Set(expression.paths.filter((path) => path.length === 1).map((path) => path[0] as string));
  const readers = new Map<string, NameReader>();
  for (const { name, type } of variablesOf(expression.tree))
    if (!readers.has(name)) readers.set(name, variables.get(name) ?? names.reader(name, type, whole.has(name)));
  const [only] = readers.values();
  // Most expressions read one name: no lookup then.
  const scope =
    only !== undefined && readers.size === 1 ? () => only() : (name: string) => (readers.get(name) as NameReader)();
  return () => evaluate(scope);
}

function* variablesOf(node: CheckedNode): Generator<CheckedNode & { kind: 'variable' }> {
  if (node.kind === 'variable') yield node;
  else for (const child of checkedChildrenOf(node)) yield* variablesOf(child);
}
