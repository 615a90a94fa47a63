import type { CheckedNode } from '../check/checked.ts';
import { DoubleBox, UintBox, unbox } from '../values/box.ts';
import { includes } from '../values/equal.ts';
import { isRecord, own } from '../values/own.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { located, type Compile, type Evaluate } from './evaluate.ts';

type MembershipNode = CheckedNode & { kind: 'membership' };
const SHORT = 8;

/** Compiles `in`: a short list of literals by comparing, a long one by a set, all else by content. */
export function compileMembership(node: MembershipNode, compile: Compile): Evaluate {
  const left = compile(node.left);
  const literals = literalsOf(node.right);
  if (literals !== null && literals.length <= SHORT) return amongFew(left, literals);
  if (literals !== null) return amongMany(left, new Set(literals));
  const right = compile(node.right);
  return located(node, (scope, locals) => {
    const value = left(scope, locals);
    const range = right(scope, locals);
    if (Array.isArray(range)) return includes(range, value);
    if (!isRecord(range)) throw noSuchOverload('"in"', [value, range]);
    const key = unbox(value);
    if (typeof key === 'object' || typeof key === 'undefined') return false;
    return own(range, key) !== undefined;
  });
}

// The values of a list of literals, if `===` can find one among them.
function literalsOf(node: CheckedNode): readonly unknown[] | null {
  if (node.kind !== 'list') return null;
  const values = node.elements.map((element) => (element.kind === 'constant' ? element.value : undefined));
  const areFlat = values.every((value) => typeof value === 'string' || typeof value === 'boolean' || isSmall(value));
  return areFlat ? values : null;
}

function isSmall(value: unknown): boolean {
  return value === null || Number.isSafeInteger(value);
}

function amongFew(left: Evaluate, literals: readonly unknown[]): Evaluate {
  if (literals.length === 2) {
    const [a, b] = literals;
    return (scope, locals) => {
      const value = normal(left(scope, locals));
      return value === a || value === b;
    };
  }
  return (scope, locals) => {
    const value = normal(left(scope, locals));
    for (let i = 0; i < literals.length; i++) if (value === literals[i]) return true;
    return false;
  };
}

function amongMany(left: Evaluate, literals: ReadonlySet<unknown>): Evaluate {
  return (scope, locals) => literals.has(normal(left(scope, locals)));
}

// A long may come as a bigint however small it is.
function normal(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && (value instanceof DoubleBox || value instanceof UintBox)) return Number(value.value);
  return value ?? null;
}
