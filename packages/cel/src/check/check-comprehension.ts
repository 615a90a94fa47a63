import { limits } from '../limits.ts';
import type { Node } from '../syntax/node.ts';
import { BOOL, DYN, INT, isOpen, listOf, mapOf, type CelType } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { checkPath, accessOf, isPathNode, testPath } from './check-path.ts';
import type { CheckedNode, Macro } from './checked.ts';
import type { Context, Local } from './context.ts';
import { ELEMENTS, VALUES } from './paths.ts';
import { requireBool, requirePresent } from './require.ts';

type CallNode = Node & { kind: 'call' };

interface Form {
  readonly macro: Macro;
  /** How many of the arguments are names. */
  readonly names: number;
  readonly hasCondition: boolean;
  readonly hasTransform: boolean;
}

const quantifiers: readonly (readonly [string, Macro])[] = [
  ['all', 'all'],
  ['exists', 'exists'],
  ['exists_one', 'exists_one'],
  ['existsOne', 'exists_one'],
];

// By the name and the number of arguments.
const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ...quantifiers.flatMap(([name, macro]) => [form(name, macro, 1, true, false), form(name, macro, 2, true, false)]),
  form('filter', 'filter', 1, true, false),
  form('map', 'map', 1, false, true),
  form('map', 'map', 1, true, true),
  form('sortBy', 'sortBy', 1, false, true),
  ...(['transformList', 'transformMap', 'transformMapEntry'] as const).flatMap((macro) => [
    form(macro, macro, 2, false, true),
    form(macro, macro, 2, true, true),
  ]),
]);

const names = new Set([...FORMS.keys()].map((key) => key.split('/')[0]!));

function form(
  name: string,
  macro: Macro,
  count: number,
  hasCondition: boolean,
  hasTransform: boolean,
): readonly [string, Form] {
  const total = count + Number(hasCondition) + Number(hasTransform);
  return [`${name}/${total}`, { macro, names: count, hasCondition, hasTransform }];
}

/** Checks the macros over lists and maps; null where the call is none. */
export function checkComprehension(context: Context, node: CallNode, target: Node): CheckedNode | null {
  if (!names.has(node.name)) return null;
  const found = FORMS.get(`${node.name}/${node.args.length}`);
  if (found === undefined) return wrongCount(context, node, target);
  const written = node.args.slice(0, found.names);
  const wrong = written.find((name) => name.kind !== 'name' || name.absolute);
  if (wrong !== undefined) {
    const message =
      written.indexOf(wrong) === 0
        ? `the first argument of "${node.name}" is a name for the element.`
        : `the second argument of "${node.name}" is a name for the value.`;
    return context.error('TYPE_MISMATCH', message, wrong);
  }
  if (context.macroDepth >= limits.macroDepth) {
    const message = `macros are nested more than ${limits.macroDepth} levels deep.`;
    return context.error('EXPRESSION_TOO_DEEP', message, node);
  }
  const range = checkRange(context, target, found);
  const locals = localsOf(context, node, range, found);
  context.macroDepth++;
  const result = context.within(locals, () => checkBody(context, node, found, range, locals));
  context.macroDepth--;
  return result;
}

function wrongCount(context: Context, node: CallNode, target: Node): CheckedNode {
  context.value(target);
  const counts = [...FORMS.keys()].filter((key) => key.startsWith(`${node.name}/`)).map((key) => key.split('/')[1]!);
  const message = `macro "${node.name}" takes ${counts.join(' or ')} arguments, not ${node.args.length}.`;
  return context.error('WRONG_ARGUMENT_COUNT', message, node);
}

// A list whose elements a macro looks at is not read whole; one whose elements are kept is.
function checkRange(context: Context, target: Node, { macro }: Form): CheckedNode {
  const keeps = macro === 'filter' || macro === 'sortBy';
  if (keeps || !isPathNode(target)) return requirePresent(context, context.value(target));
  const path = checkPath(context, target);
  testPath(context, path);
  return requirePresent(context, path);
}

function localsOf(context: Context, node: CallNode, range: CheckedNode, found: Form): readonly Local[] {
  const path = accessOf(context, range);
  const inner =
    path === null
      ? null
      : range.type.kind === 'map'
        ? [...path, VALUES]
        : range.type.kind === 'list'
          ? [...path, ELEMENTS]
          : path;
  const nameOf = (i: number): string => (node.args[i] as Node & { kind: 'name' }).name;
  const { key, value } = partsOf(context, range, node);
  if (found.names === 2) return [context.local(nameOf(0), key), context.local(nameOf(1), value, inner)];
  const isKey = range.type.kind === 'map';
  return [context.local(nameOf(0), isKey ? key : value, isKey ? null : inner)];
}

function partsOf(context: Context, range: CheckedNode, node: CallNode): { key: CelType; value: CelType } {
  const { type } = range;
  if (type.kind === 'list') return { key: INT, value: type.element };
  if (type.kind === 'map' && node.name !== 'sortBy') return { key: type.key, value: type.value };
  if (isOpen(type)) return { key: type, value: type };
  const what = node.name === 'sortBy' ? 'a list' : 'a list or a map';
  const message = `macro "${node.name}" works on ${what}, not on ${formatType(type)}.`;
  const failed = context.error('TYPE_MISMATCH', message, range).type;
  return { key: failed, value: failed };
}

function checkBody(
  context: Context,
  node: CallNode,
  found: Form,
  range: CheckedNode,
  locals: readonly Local[],
): CheckedNode {
  const { macro, hasCondition, hasTransform } = found;
  const test = hasCondition ? context.value(node.args[found.names]!) : null;
  const condition = test === null ? null : requireBool(context, test, `the condition of "${node.name}"`);
  const transform = hasTransform ? checkTransform(context, node, macro) : null;
  const { slot } = locals[0]!;
  const second = locals[1]?.slot ?? null;
  const type = typeOf(macro, range.type, locals, transform);
  return {
    kind: 'comprehension',
    macro,
    range,
    slot,
    second,
    condition,
    transform,
    type,
    start: node.start,
    end: node.end,
  };
}

const ORDERED = new Set(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration', 'decimal']);

function checkTransform(context: Context, node: CallNode, macro: Macro): CheckedNode {
  const transform = context.value(node.args.at(-1)!);
  const { type } = transform;
  if (macro === 'transformMapEntry' && type.kind !== 'map' && !isOpen(type)) {
    const message = `the last argument of "transformMapEntry" must be a map such as {key: value}, not ${formatType(type)}.`;
    return context.error('TYPE_MISMATCH', message, transform);
  }
  if (macro !== 'sortBy') return transform;
  const key = requirePresent(context, transform);
  if (isOpen(key.type) || ORDERED.has(key.type.kind)) return key;
  return context.error('TYPE_MISMATCH', `values of type ${formatType(key.type)} have no order.`, transform);
}

function typeOf(macro: Macro, range: CelType, locals: readonly Local[], transform: CheckedNode | null): CelType {
  switch (macro) {
    case 'filter':
      return listOf(locals[0]!.type);
    case 'sortBy':
      return range.kind === 'list' ? range : listOf(locals[0]!.type);
    case 'map':
    case 'transformList':
      return listOf(transform!.type);
    case 'transformMap':
      return mapOf(locals[0]!.type, transform!.type);
    case 'transformMapEntry':
      return transform!.type.kind === 'map' ? transform!.type : mapOf(DYN, DYN);
    default:
      return BOOL;
  }
}
