import type { CheckedNode } from '../check/checked.ts';
import { unboxNumber } from '../values/box.ts';
import { includes } from '../values/equal.ts';
import { isRecord, own } from '../values/own.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { located, type Compile, type Evaluate } from './evaluate.ts';
import { literalsOf, searchable } from './literals-of.ts';

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
    const key = unboxNumber(value);
    if (typeof key === 'object' || typeof key === 'undefined') return false;
    return own(range, key) !== undefined;
  });
}

function amongFew(left: Evaluate, literals: readonly unknown[]): Evaluate {
  if (literals.length === 2) {
    const [a, b] = literals;
    return (scope, locals) => {
      const value = searchable(left(scope, locals));
      return value === a || value === b;
    };
  }
  return (scope, locals) => {
    const value = searchable(left(scope, locals));
    for (let i = 0; i < literals.length; i++) if (value === literals[i]) return true;
    return false;
  };
}

function amongMany(left: Evaluate, literals: ReadonlySet<unknown>): Evaluate {
  return (scope, locals) => literals.has(searchable(left(scope, locals)));
}
