import type { CheckedNode } from '../check/checked.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { Optional } from '../values/optional.ts';
import { isRecord, own } from '../values/own.ts';
import { unboxNumber } from '../values/box.ts';
import { errorAt, located, type Compile, type Evaluate } from './evaluate.ts';

type Of<Kind extends CheckedNode['kind']> = CheckedNode & { kind: Kind };
type Step = Of<'optionalField' | 'optionalIndex'>;

/** Compiles `a.?b`, and a field of an optional. */
export function compileOptionalField(node: Of<'optionalField'>, compile: Compile): Evaluate {
  const target = compile(node.target);
  const { name } = node;
  return located(node, (scope, locals) => select(node, target(scope, locals), (held) => fieldOf(held, name)));
}

/** Compiles `a[?i]`, and an entry of an optional. */
export function compileOptionalIndex(node: Of<'optionalIndex'>, compile: Compile): Evaluate {
  const target = compile(node.target);
  const index = compile(node.index);
  return located(node, (scope, locals) => {
    const from = target(scope, locals);
    const at = unboxNumber(index(scope, locals));
    return select(node, from, (held) => entryOf(node, held, at));
  });
}

// What is not there is undefined. A null is nothing where the type says that it may be; in a value of type dyn it is a value.
function select(node: Step, target: unknown, read: (held: unknown) => unknown): Optional {
  if (target instanceof Optional && !target.hasValue) return Optional.none;
  const held = (target instanceof Optional ? target.value : target) ?? null;
  if (held === null && !isOpen(node.target)) return Optional.none;
  const value = read(held);
  const isNothing = value === undefined || (value === null && !isOpen(node));
  return isNothing ? Optional.none : Optional.of(value);
}

function isOpen({ type }: CheckedNode): boolean {
  return type.kind === 'dyn' || (type.kind === 'optional' && type.of.kind === 'dyn');
}

function fieldOf(held: unknown, name: string): unknown {
  if (!isRecord(held)) throw noSuchOverload(`the field "${name}"`, [held]);
  return own(held, name);
}

function entryOf(node: CheckedNode, held: unknown, at: unknown): unknown {
  if (!Array.isArray(held)) {
    if (!isRecord(held)) throw noSuchOverload('an entry', [held]);
    return own(held, at);
  }
  if (typeof at !== 'number' && typeof at !== 'bigint') {
    throw errorAt(node, 'NO_SUCH_OVERLOAD', 'the index of a list must be int.');
  }
  const position = Number(at);
  return Number.isInteger(position) && position >= 0 ? (held[position] as unknown) : undefined;
}

/** Gives an optional, or fails where a value of type dyn is none. */
export function asOptional(value: unknown, what: string): Optional {
  if (value instanceof Optional) return value;
  throw noSuchOverload(what, [value]);
}

/** Compiles `or` and `orValue`: the right side only where the left one is empty. */
export function compileOptionalOr(node: Of<'optionalOr'>, compile: Compile): Evaluate {
  const left = compile(node.left);
  const right = compile(node.right);
  const isValue = node.gives === 'value';
  const what = isValue ? '"orValue"' : '"or"';
  return located(node, (scope, locals) => {
    const optional = asOptional(left(scope, locals), what);
    if (optional.hasValue) return isValue ? optional.value : optional;
    const other = right(scope, locals);
    return isValue ? other : asOptional(other, what);
  });
}

/** Compiles `optMap` and `optFlatMap`. */
export function compileOptionalMap(node: Of<'optionalMap'>, compile: Compile): Evaluate {
  const target = compile(node.target);
  const body = compile(node.body);
  const { slot, flat } = node;
  const what = flat ? '"optFlatMap"' : '"optMap"';
  return located(node, (scope, locals) => {
    const optional = asOptional(target(scope, locals), what);
    if (!optional.hasValue) return Optional.none;
    locals.values[slot] = optional.value;
    const result = body(scope, locals);
    return flat ? asOptional(result, what) : Optional.of(result);
  });
}
