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
  type CelType,
} from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { joinTypes } from '../types/join-types.ts';
import { toInt, toUint } from '../values/integer.ts';
import { checkCall } from './check-call.ts';
import { checkBinary, checkConditional, checkLogical, checkUnary } from './check-operators.ts';
import { checkPath, readPath } from './check-path.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';

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
      return context.error('NOT_BUILT_YET', `building a value of the schema "${node.name}" is not built yet.`, node);
  }
}

function checkLiteral(node: Node & { kind: 'literal' }): CheckedNode {
  const { start, end, type } = node;
  const value = node.type === 'int' ? toInt(node.value) : node.type === 'uint' ? toUint(node.value) : node.value;
  return { kind: 'constant', value, type: LITERALS[type], start, end };
}

function checkList(context: Context, node: Node & { kind: 'list' }): CheckedNode {
  const elements = node.elements.map((element) => checkValue(context, element));
  const element = elements.reduce((type, { type: next }) => joinTypes(type, next), NOTHING);
  return { kind: 'list', elements, type: listOf(element), start: node.start, end: node.end };
}

const KEYS = new Set(['string', 'int', 'uint', 'bool']);

function checkMap(context: Context, node: Node & { kind: 'map' }): CheckedNode {
  const entries = node.entries.map(({ key, value }) => ({
    key: checkValue(context, key),
    value: checkValue(context, value),
  }));
  for (const { key } of entries) {
    if (isOpen(key.type) || KEYS.has(key.type.kind)) continue;
    context.error(
      'TYPE_MISMATCH',
      `a key of a map must be string, int, uint or bool, not ${formatType(key.type)}.`,
      key,
    );
  }
  const keyType = entries.reduce((type, { key }) => joinTypes(type, key.type), NOTHING);
  const valueType = entries.reduce((type, { value }) => joinTypes(type, value.type), NOTHING);
  return { kind: 'map', entries, type: mapOf(keyType, valueType), start: node.start, end: node.end };
}
