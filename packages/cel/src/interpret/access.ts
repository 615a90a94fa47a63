import type { CheckedNode } from '../check/checked.ts';
import { acceptsNull } from '../types/cel-type.ts';
import { nonNull } from '../types/non-null.ts';
import { unboxNumber } from '../values/box.ts';
import { Optional } from '../values/optional.ts';
import { isRecord, own } from '../values/own.ts';
import { errorAt, located, type Compile, type Evaluate } from './evaluate.ts';

type Of<Kind extends CheckedNode['kind']> = CheckedNode & { kind: Kind };

/** Compiles a variable; one that is left out is null. */
export function compileVariable(node: Of<'variable'>): Evaluate {
  const { name } = node;
  return (scope) => scope(name) ?? null;
}

/** Compiles the test that a value is not null. */
export function compileRequired(node: Of<'required'>, compile: Compile): Evaluate {
  const operand = compile(node.operand);
  const message = 'the value is null.';
  return (scope, locals) => {
    const value = operand(scope, locals) ?? null;
    if (value === null) throw errorAt(node, 'NULL_OPERAND', message);
    return value;
  };
}

/** Compiles the reading of a field of a record, or of an entry by a name; only own properties count. */
export function compileField(node: Of<'field'>, compile: Compile): Evaluate {
  const target = compile(node.target);
  const { name } = node;
  const targetType = nonNull(node.target.type);
  const mayMiss = acceptsNull(node.type) && node.type.kind !== 'dyn';
  const isPlain = targetType.kind === 'record';
  return (scope, locals) => {
    const record = target(scope, locals);
    if (isPlain && typeof record === 'object' && record !== null && Object.hasOwn(record, name)) {
      const value = (record as Record<string, unknown>)[name];
      if (value !== undefined) return value;
    }
    return readSlowly(node, record, name, mayMiss);
  };
}

function readSlowly(node: CheckedNode, target: unknown, key: unknown, mayMiss: boolean): unknown {
  if (!isRecord(target)) {
    if ((target ?? null) === null) throw errorAt(node, 'NULL_OPERAND', 'a field of null was asked for.');
    throw errorAt(node, 'NO_SUCH_OVERLOAD', 'a field was asked for of a value that is no record or map.');
  }
  const value = own(target, key);
  if (value !== undefined) return value;
  if (mayMiss) return null;
  throw errorAt(
    node,
    'NO_SUCH_KEY',
    typeof key === 'string' && 'name' in node ? `no such key: "${key}".` : 'no such key.',
  );
}

/** Compiles the reading of an element of a list or an entry of a map. */
export function compileIndex(node: Of<'index'>, compile: Compile): Evaluate {
  const target = compile(node.target);
  const index = compile(node.index);
  const mayMiss = acceptsNull(node.type) && node.type.kind !== 'dyn';
  return (scope, locals) => {
    const list = target(scope, locals);
    const at = unboxNumber(index(scope, locals));
    if (!Array.isArray(list)) return readSlowly(node, list, keyOf(node, at), mayMiss);
    if (typeof at !== 'number' && typeof at !== 'bigint') {
      throw errorAt(node, 'NO_SUCH_OVERLOAD', 'the index of a list must be int.');
    }
    if (!(at >= 0 && at < list.length) || !Number.isInteger(Number(at))) {
      throw errorAt(node, 'INDEX_OUT_OF_RANGE', 'the index is outside of the list.');
    }
    return (list[Number(at)] as unknown) ?? null;
  };
}

function keyOf(node: CheckedNode, key: unknown): unknown {
  if (key !== null && key !== undefined && typeof key !== 'object') return key;
  throw errorAt(node, 'NO_SUCH_OVERLOAD', 'the key of a map must be string, int, uint or bool.');
}

/** Compiles `has`: null or nothing on the way is false. */
export function compileHas(node: Of<'has'>, compile: Compile): Evaluate {
  const present = compilePresence(node.path, compile);
  return located(node, (scope, locals) => (present(scope, locals) ?? null) !== null);
}

function compilePresence(node: CheckedNode, compile: Compile): Evaluate {
  if (node.kind === 'required') return compilePresence(node.operand, compile);
  if (!isStep(node)) return compile(node);
  const target = compilePresence(node.target, compile);
  const { kind } = node;
  const isField = kind === 'field' || kind === 'optionalField';
  const key: Evaluate = isField ? constant(node.name) : compile(node.index);
  const isOptional = node.target.type.kind === 'optional';
  return (scope, locals) => {
    const found = target(scope, locals) ?? null;
    const record = isOptional && found instanceof Optional ? (found.value ?? null) : found;
    if (record === null) return null;
    const at = unboxNumber(key(scope, locals));
    if (!isField && Array.isArray(record)) return (record[Number(at)] as unknown) ?? null;
    return own(record, keyOf(node, at)) ?? null;
  };
}

type Step = Of<'field' | 'index' | 'optionalField' | 'optionalIndex'>;

function isStep(node: CheckedNode): node is Step {
  return ['field', 'index', 'optionalField', 'optionalIndex'].includes(node.kind);
}

function constant(value: unknown): Evaluate {
  return () => value;
}
