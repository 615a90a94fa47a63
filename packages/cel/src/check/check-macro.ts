import { limits } from '../limits.ts';
import type { Node } from '../syntax/node.ts';
import { BOOL, DYN, isOpen, listOf, type CelType } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { checkPath, isPathNode, testPath } from './check-path.ts';
import type { CheckedNode, Macro } from './checked.ts';
import type { Context } from './context.ts';
import { requireBool, requirePresent } from './require.ts';

type CallNode = Node & { kind: 'call' };

const MACROS: ReadonlyMap<string, Macro> = new Map<string, Macro>([
  ['all', 'all'],
  ['exists', 'exists'],
  ['exists_one', 'exists_one'],
  ['existsOne', 'exists_one'],
  ['map', 'map'],
  ['filter', 'filter'],
]);

/** Checks `has(x)` and the macros over lists; null where the call is no macro. */
export function checkMacro(context: Context, node: CallNode): CheckedNode | null {
  if (node.target === null) return node.name === 'has' ? checkHas(context, node) : null;
  const macro = MACROS.get(node.name);
  return macro === undefined ? null : checkComprehension(context, node, node.target, macro);
}

function checkHas(context: Context, node: CallNode): CheckedNode {
  const { start, end } = node;
  const [argument] = node.args;
  if (argument === undefined || node.args.length !== 1) {
    return context.error('WRONG_ARGUMENT_COUNT', `function "has" takes 1 arguments, not ${node.args.length}.`, node);
  }
  if (!isPathNode(argument)) {
    return context.error(
      'TYPE_MISMATCH',
      'has(…) takes a name or a path of fields, such as has(address.city).',
      argument,
    );
  }
  const path = checkPath(context, argument, true);
  if (path.type.kind === 'error') return path;
  testPath(context, path);
  return { kind: 'has', path, type: BOOL, start, end };
}

function checkComprehension(context: Context, node: CallNode, target: Node, macro: Macro): CheckedNode {
  const range = requirePresent(context, context.value(target));
  const isShort = node.args.length === 2;
  if (!isShort && !(macro === 'map' && node.args.length === 3)) {
    const counts = macro === 'map' ? '2 or 3' : '2';
    return context.error(
      'WRONG_ARGUMENT_COUNT',
      `macro "${node.name}" takes ${counts} arguments, not ${node.args.length}.`,
      node,
    );
  }
  const name = node.args[0]!;
  if (name.kind !== 'name' || name.absolute) {
    return context.error('TYPE_MISMATCH', `the first argument of "${node.name}" is a name for the element.`, name);
  }
  if (context.locals.length >= limits.macroDepth) {
    const message = `macros are nested more than ${limits.macroDepth} levels deep.`;
    return context.error('EXPRESSION_TOO_DEEP', message, node);
  }
  const element = elementOf(context, range, node);
  const slot = context.slots++;
  const outer = context.locals;
  context.locals = [...outer, { name: name.name, slot, type: element }];
  const condition =
    macro === 'map' && isShort
      ? null
      : requireBool(context, context.value(node.args[1]!), `the condition of "${node.name}"`);
  const transform = macro === 'map' ? context.value(node.args.at(-1)!) : null;
  context.locals = outer;
  const type = macro === 'filter' ? listOf(element) : transform === null ? BOOL : listOf(transform.type);
  return { kind: 'comprehension', macro, range, slot, condition, transform, type, start: node.start, end: node.end };
}

function elementOf(context: Context, range: CheckedNode, node: CallNode): CelType {
  const { type } = range;
  if (type.kind === 'list') return type.element;
  if (type.kind === 'map') return type.key;
  if (isOpen(type)) return type.kind === 'dyn' ? DYN : type;
  return context.error(
    'TYPE_MISMATCH',
    `macro "${node.name}" works on a list or a map, not on ${formatType(type)}.`,
    range,
  ).type;
}
