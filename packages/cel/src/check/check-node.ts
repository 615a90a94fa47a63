import type { Node } from '../syntax/node.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  INT,
  NOTHING,
  NULL,
  STRING,
  UINT,
  isOpen,
  listOf,
  mapOf,
  optionalOf,
  type CelType,
} from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { joinTypes } from '../types/join-types.ts';
import { toInt, toUint } from '../values/integer.ts';
import { checkCall } from './check-call.ts';
import { checkMessage } from './check-message.ts';
import { checkBinary, checkConditional, checkLogical, checkUnary } from './check-operators.ts';
import { checkPath, readPath } from './check-path.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { requirePresent } from './require.ts';
import { widenTo } from './widen-to.ts';

const LITERALS: Readonly<Record<(Node & { kind: 'literal' })['type'], CelType>> = {
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  bool: BOOL,
  null: NULL,
};

/** Checks a node whose value is used, and notes what it reads. */
export function checkValue(context: Context, node: Node): CheckedNode {
  switch (node.kind) {
    case 'literal':
      return checkLiteral(node);
    case 'name':
    case 'member':
    case 'index': {
      const path = checkPath(context, node);
      readPath(context, path);
      return path;
    }
    case 'call':
      return checkCall(context, node);
    case 'unary':
      return checkUnary(context, node);
    case 'binary':
      return checkBinary(context, node);
    case 'logical':
      return checkLogical(context, node);
    case 'conditional':
      return checkConditional(context, node);
    case 'list':
      return checkList(context, node);
    case 'map':
      return checkMap(context, node);
    case 'message':
      return checkMessage(context, node);
  }
}

function checkLiteral(node: Node & { kind: 'literal' }): CheckedNode {
  const { start, end, type } = node;
  const value = node.type === 'int' ? toInt(node.value) : node.type === 'uint' ? toUint(node.value) : node.value;
  return { kind: 'constant', value, type: LITERALS[type], start, end };
}

function checkList(context: Context, node: Node & { kind: 'list' }): CheckedNode {
  const { optionals, start, end } = node;
  const written = node.elements.map((element) => checkValue(context, element));
  const types = written.map((element, i) => (optionals.includes(i) ? heldBy(context, element) : element.type));
  const type = types.reduce((joined, next) => joinTypes(joined, next), NOTHING);
  const elements = written.map((element, i) => widenTo(element, optionals.includes(i) ? optionalOf(type) : type));
  return { kind: 'list', elements, optionals, type: listOf(type), start, end };
}

const KEYS = new Set(['string', 'int', 'uint', 'bool']);

function checkMap(context: Context, node: Node & { kind: 'map' }): CheckedNode {
  const written = node.entries.map(({ key, value, optional }) => ({
    key: requirePresent(context, checkValue(context, key)),
    value: checkValue(context, value),
    optional,
  }));
  for (const { key } of written) {
    if (isOpen(key.type) || KEYS.has(key.type.kind)) continue;
    const message = `a key of a map must be string, int, uint or bool, not ${formatType(key.type)}.`;
    context.error('TYPE_MISMATCH', message, key);
  }
  const keyType = written.reduce((type, { key }) => joinTypes(type, key.type), NOTHING);
  const types = written.map(({ value, optional }) => (optional ? heldBy(context, value) : value.type));
  const valueType = types.reduce((joined, next) => joinTypes(joined, next), NOTHING);
  const entries = written.map(({ key, value, optional }) => {
    return { key, value: widenTo(value, optional ? optionalOf(valueType) : valueType), optional };
  });
  return { kind: 'map', entries, type: mapOf(keyType, valueType), start: node.start, end: node.end };
}

// What an element or entry that is written with "?" holds.
function heldBy(context: Context, node: CheckedNode): CelType {
  const { type } = node;
  if (type.kind === 'optional') return type.of;
  if (isOpen(type)) return type;
  const message = `what stands after "?" must be an optional, such as a.?b, not ${formatType(type)}.`;
  return context.error('TYPE_MISMATCH', message, node).type;
}
