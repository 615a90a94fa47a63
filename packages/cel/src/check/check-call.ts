import { overloadsOf, functionNames } from '../functions/table.ts';
import { suggest } from '../suggest.ts';
import type { Node } from '../syntax/node.ts';
import { aggregateNames, checkAggregate } from './check-aggregate.ts';
import { checkMacro } from './check-macro.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { resolveCall } from './resolve-call.ts';
import { dottedNameOf } from './resolve-name.ts';
import type { Overload } from '../functions/overload.ts';

type CallNode = Node & { kind: 'call' };

/** Checks a call: of a macro, of a function with a dotted name, of a function, or on a receiver. */
export function checkCall(context: Context, node: CallNode): CheckedNode {
  const macro = checkMacro(context, node);
  if (macro !== null) return macro;
  const dotted = dottedName(context, node);
  const name = dotted ?? node.name;
  const form = node.target === null || dotted !== null ? 'call' : 'method';
  const written = form === 'method' && node.target !== null ? [node.target, ...node.args] : node.args;
  const known = overloadsOf(name);
  const overloads = known.filter((overload) => overload.form === form);
  const aggregate = overloads.length === 0 ? checkAggregate(context, node) : null;
  if (aggregate !== null) return aggregate;
  if (overloads.length === 0) return unknownFunction(context, node, name, form, known);
  const args = written.map((argument) => context.value(argument));
  const counted = overloads.filter(({ params, variadic }) =>
    variadic ? args.length >= params.length : args.length === params.length,
  );
  if (counted.length === 0) return wrongCount(context, node, name, overloads, args.length);
  return resolveCall(context, node, name, counted, args);
}

// `math.abs(x)` is a function, unless `math` is a name of the author's.
function dottedName(context: Context, node: CallNode): string | null {
  const dotted = node.target === null ? null : dottedNameOf(node.target);
  if (dotted === null) return null;
  const { name: front, root } = dotted;
  if (context.environment.variables.has(root) || context.locals.some(({ name }) => name === root)) return null;
  const name = `${front}.${node.name}`;
  const isNamespace = functionNames().some((known) => known.startsWith(`${front}.`));
  return isNamespace ? name : null;
}

function unknownFunction(
  context: Context,
  node: CallNode,
  name: string,
  form: Overload['form'],
  known: readonly Overload[],
): CheckedNode {
  for (const child of node.target === null || form === 'call' ? node.args : [node.target, ...node.args])
    context.value(child);
  if (known.length > 0) {
    const instead = form === 'method' ? `${name}(x)` : `x.${name}(…)`;
    return context.error('UNKNOWN_FUNCTION', `function "${name}" is called as ${instead}.`, node.nameSpan);
  }
  const aggregates = context.environment.aggregates === true ? aggregateNames() : [];
  const near = suggest(name, [...functionNames(), ...aggregates]);
  return context.error('UNKNOWN_FUNCTION', `function "${name}" does not exist.`, node.nameSpan, near);
}

function wrongCount(
  context: Context,
  node: CallNode,
  name: string,
  overloads: readonly Overload[],
  count: number,
): CheckedNode {
  const receiver = overloads[0]!.form === 'method' ? 1 : 0;
  const counts = overloads.map(({ params, variadic }) => `${params.length - receiver}${variadic ? ' or more' : ''}`);
  const message = `function "${name}" takes ${[...new Set(counts)].toSorted().join(' or ')} arguments, not ${count - receiver}.`;
  return context.error('WRONG_ARGUMENT_COUNT', message, node);
}
