import type { CheckedNode } from '../check/checked.ts';
import { DoubleBox, UintBox } from '../values/box.ts';

/** Gives the values of a list of literals, if `===` can find one among them; null for all else. */
export function literalsOf(node: CheckedNode): readonly unknown[] | null {
  if (node.kind !== 'list') return null;
  const values = node.elements.map((element) => (element.kind === 'constant' ? element.value : undefined));
  return values.every(isFound) ? values : null;
}

function isFound(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
}

/** Makes a value one that `===` finds among literals: a long may come as a bigint however small it is, a time is none of them. */
export function searchable(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && (value instanceof DoubleBox || value instanceof UintBox)) return Number(value.value);
  return value ?? null;
}
