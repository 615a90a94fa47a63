import type { Environment } from '../environment.ts';
import type { Issue } from '../issue.ts';
import { parse } from '../syntax/parse.ts';
import type { Checked } from './checked.ts';
import { Context } from './context.ts';
import { checkValue } from './check-node.ts';

/**
 * Reads an expression and checks it against an environment. All errors come at once, in the order of the text;
 * `checked` is null where there is one. Never throws.
 */
export function check(source: string, environment: Environment): { checked: Checked | null; issues: readonly Issue[] } {
  const parsed = parse(source);
  if (parsed.tree === null) return { checked: null, issues: parsed.issues };
  const context = new Context(source, environment, checkValue);
  const tree = context.value(parsed.tree);
  const issues = context.issues.toSorted((a, b) => a.start - b.start || a.end - b.end);
  if (issues.some((issue) => issue.severity === 'error')) return { checked: null, issues };
  const paths = context.paths.whole();
  const innerPaths = context.paths.inner();
  return { checked: { source, type: tree.type, tree, paths, innerPaths, constant: paths.length === 0 }, issues };
}
