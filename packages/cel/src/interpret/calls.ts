import type { CheckedNode } from '../check/checked.ts';
import { knownArguments, paramOf } from '../check/resolve-call.ts';
import type { Implementation, Overload } from '../functions/overload.ts';
import { overloadById } from '../functions/table.ts';
import type { CelType } from '../types/cel-type.ts';
import { accepts } from '../values/accepts.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { narrow, widener } from '../values/widen.ts';
import { located, type Compile, type Evaluate } from './evaluate.ts';

type CallNode = CheckedNode & { kind: 'call' };

/** Compiles a call of the one overload that the types choose, or of the first that takes the values. */
export function compileCall(node: CallNode, compile: Compile): Evaluate {
  const args = node.args.map(compile);
  const choices = node.overloads.map((id) => {
    const overload = overloadById(id);
    return { overload, run: overload.specialise?.(knownArguments(node.args)) ?? overload.evaluate };
  });
  if (node.dynamic) return compileDynamic(node, args, choices);
  return located(node, direct(args, choices[0]!.run));
}

function direct(args: readonly Evaluate[], run: Implementation): Evaluate {
  const [first, second] = args;
  if (args.length === 1) return (scope, locals) => run(first!(scope, locals));
  if (args.length === 2) return (scope, locals) => run(first!(scope, locals), second!(scope, locals));
  return (scope, locals) => run(...args.map((argument) => argument(scope, locals)));
}

function compileDynamic(
  node: CallNode,
  args: readonly Evaluate[],
  choices: readonly { overload: Overload; run: Implementation }[],
): Evaluate {
  // Only what the checker could not know is looked at: a timestamp is a number, and known to be one by its type alone.
  const open = node.args.map(({ type }) => isOpen(type));
  const types = node.args.map(({ type }) => type);
  const results = new Map(choices.map(({ overload }) => [overload, widener(overload.result(types), node.type)]));
  return located(node, (scope, locals) => {
    const values = args.map((argument) => argument(scope, locals));
    const choice = choices.find(({ overload }) =>
      values.every((value, i) => !open[i] || accepts(paramOf(overload, i), value)),
    );
    if (choice === undefined) throw noSuchOverload(`"${node.name}"`, values);
    const { overload, run } = choice;
    const result = run(...values.map((value, i) => (open[i] ? narrow(paramOf(overload, i), value) : value)));
    const change = results.get(overload) ?? null;
    return change === null ? result : change(result);
  });
}

function isOpen(type: CelType): boolean {
  if (type.kind === 'list') return isOpen(type.element);
  return type.kind === 'optional' ? isOpen(type.of) : type.kind === 'dyn';
}
