import type { Node } from '../syntax/node.ts';
import { TYPE, type CelType } from '../types/cel-type.ts';
import { typeNames } from '../values/type-value.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';

/** Gives the dotted name that a chain of names spells, and whether a dot stands before it; null for anything else. */
export function dottedNameOf(node: Node): { name: string; root: string; absolute: boolean } | null {
  const names: string[] = [];
  let at = node;
  while (at.kind === 'member' && !at.optional) {
    names.push(at.name);
    at = at.target;
  }
  if (at.kind !== 'name') return null;
  return { name: [at.name, ...names.toReversed()].join('.'), root: at.name, absolute: at.absolute };
}

/** Finds the variable or type that a dotted name is: `a.b` where a variable has that name, `google.protobuf.Timestamp`. */
export function resolveDotted(context: Context, node: Node & { kind: 'member' }): CheckedNode | null {
  const dotted = dottedNameOf(node);
  if (dotted === null || isLocal(context, dotted.root)) return null;
  const { start, end } = node;
  const found = findQualified(context, dotted.name, dotted.absolute);
  if (found !== null) return { kind: 'variable', ...found, start, end };
  const value = typeNames.get(dotted.name);
  if (value === undefined || findQualified(context, dotted.root, dotted.absolute) !== null) return null;
  return { kind: 'constant', value, type: TYPE, start, end };
}

/** Finds a variable by its name, with the namespaces of the environment before it, the innermost first. */
export function findQualified(
  context: Context,
  name: string,
  absolute: boolean,
): { name: string; type: CelType } | null {
  for (const full of namesIn(context.environment.container, name, absolute)) {
    const type = context.environment.variables.get(full);
    if (type !== undefined) return { name: full, type };
  }
  return null;
}

/** Lists what a name may mean inside a namespace: `x` in `a.b` is `a.b.x`, `a.x` or `x`. */
export function namesIn(container: string | undefined, name: string, absolute: boolean): readonly string[] {
  if (container === undefined || container === '' || absolute) return [name];
  const parts = container.split('.');
  return [...parts.map((_, i) => `${parts.slice(0, parts.length - i).join('.')}.${name}`), name];
}

function isLocal(context: Context, name: string): boolean {
  return context.locals.some((local) => local.name === name);
}
