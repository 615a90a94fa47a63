import type { Node } from '../syntax/node.ts';
import { accessOf } from './check-path.ts';
import { canFail } from './can-fail.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';

type CallNode = Node & { kind: 'call' };

/** Checks `cel.bind(x, value, body)`, which names a value inside an expression; null for other calls. */
export function checkBind(context: Context, node: CallNode, target: Node): CheckedNode | null {
  if (node.name !== 'bind' || target.kind !== 'name' || target.name !== 'cel') return null;
  const [name, value, body] = node.args;
  if (name === undefined || value === undefined || body === undefined || node.args.length > 3) {
    const message = `macro "cel.bind" takes 3 arguments, not ${node.args.length}.`;
    return context.error('WRONG_ARGUMENT_COUNT', message, node);
  }
  if (name.kind !== 'name' || name.absolute) {
    return context.error('TYPE_MISMATCH', 'the first argument of "cel.bind" is a name for the value.', name);
  }
  const bound = context.value(value);
  const local = context.local(name.name, bound.type, accessOf(context, bound), canFail(bound));
  const inner = context.within([local], () => context.value(body));
  const { start, end } = node;
  return { kind: 'bind', slot: local.slot, value: bound, body: inner, type: inner.type, start, end };
}
