import type { Node } from '../syntax/node.ts';
import { BOOL } from '../types/cel-type.ts';
import { checkBind } from './check-bind.ts';
import { checkComprehension } from './check-comprehension.ts';
import { checkOptionalMacro } from './check-optional.ts';
import { checkPath, isPathNode, testPath } from './check-path.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';

type CallNode = Node & { kind: 'call' };

/** Checks what looks like a call but decides itself what of its arguments is evaluated; null where the call is no macro. */
export function checkMacro(context: Context, node: CallNode): CheckedNode | null {
  if (node.target === null) return node.name === 'has' ? checkHas(context, node) : null;
  return (
    checkBind(context, node, node.target) ??
    checkComprehension(context, node, node.target) ??
    checkOptionalMacro(context, node, node.target)
  );
}

function checkHas(context: Context, node: CallNode): CheckedNode {
  const { start, end } = node;
  const [argument] = node.args;
  if (argument === undefined || node.args.length !== 1) {
    return context.error('WRONG_ARGUMENT_COUNT', `function "has" takes 1 arguments, not ${node.args.length}.`, node);
  }
  if (!isPathNode(argument)) {
    const message = 'has(…) takes a name or a path of fields, such as has(address.city).';
    return context.error('TYPE_MISMATCH', message, argument);
  }
  const path = checkPath(context, argument, true);
  if (path.type.kind === 'error' || path.kind === 'fail') return path;
  testPath(context, path);
  return { kind: 'has', path, type: BOOL, start, end };
}
