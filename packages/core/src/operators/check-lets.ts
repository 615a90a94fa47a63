import { childrenOf, parse, type CelType, type Node } from '@headrace/cel';
import type { Expression, ExpressionOptions, ExpressionText } from '../component/contexts.ts';
import type { Finding, Path } from '../component/finding.ts';
import { UserFunction } from '../component/user-function.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { isFreeName } from './is-free-name.ts';

/** Checks an expression, as the contexts of `infer` and `lower` do. */
export type CheckText = (
  at: Path,
  text: ExpressionText,
  edge: EdgeType,
  options?: ExpressionOptions,
) => Expression | null;

/** The `let`s in an order in which each uses only those before it, and the names with their types. */
export interface CheckedLets {
  readonly lets: readonly (readonly [string, Expression])[];
  readonly variables: ReadonlyMap<string, CelType>;
}

/** Checks the `let`s of a node, which may use each other in any order; null where one is wrong. */
export function checkLets(
  texts: Readonly<Record<string, ExpressionText>>,
  edge: EdgeType,
  check: CheckText,
  report: (finding: Finding) => void,
): CheckedLets | null {
  const names = Object.keys(texts);
  const sound = names.map((name) => isFreeName(name, edge, ['let', name], 'key', report)).every(Boolean);
  const order = orderOf(texts, report);
  if (order === null || !sound) return null;
  const lets: [string, Expression][] = [];
  const variables = new Map<string, CelType>();
  for (const name of order) {
    const expression = check(['let', name], texts[name] as ExpressionText, edge, { variables: new Map(variables) });
    if (expression !== null) lets.push([name, expression]);
    // One that is wrong is reported once, not again by all that use it.
    variables.set(name, expression?.type ?? { kind: 'error' });
  }
  return lets.length === names.length ? { lets, variables } : null;
}

function orderOf(
  texts: Readonly<Record<string, ExpressionText>>,
  report: (finding: Finding) => void,
): readonly string[] | null {
  const order: string[] = [];
  const visit = (name: string, path: readonly string[]): boolean => {
    if (order.includes(name)) return true;
    if (path.includes(name)) {
      const chain = [...path.slice(path.indexOf(name)), name].map((each) => `"${each}"`).join(' -> ');
      const message = `"let" goes around in a circle: ${chain}.`;
      report({ code: 'CYCLE_IN_LET', severity: 'error', at: ['let', name], on: 'key', message });
      return false;
    }
    const used = namesIn(texts[name] as ExpressionText).filter((each) => Object.hasOwn(texts, each));
    if (!used.every((each) => visit(each, [...path, name]))) return false;
    order.push(name);
    return true;
  };
  return Object.keys(texts).every((name) => visit(name, [])) ? order : null;
}

function namesIn(text: ExpressionText): string[] {
  if (text instanceof UserFunction) return [];
  const { tree } = parse(typeof text === 'string' ? text : text.join('\n'));
  return tree === null ? [] : [...namesOf(tree)];
}

function* namesOf(node: Node): Generator<string> {
  if (node.kind === 'name') yield node.name;
  else for (const child of childrenOf(node)) yield* namesOf(child);
}
