import { checkedChildrenOf } from '../check/checked-children.ts';
import type { Checked, CheckedNode } from '../check/checked.ts';
import { nonNull } from '../types/non-null.ts';

/** Lists what generated code reads. */
export interface Reads {
  /** Paths whose value is used; none is the beginning of another. */
  readonly read: readonly (readonly string[])[];
  /** Paths that are only asked whether they are null, and that no path above tells. */
  readonly tested: readonly (readonly string[])[];
}

/** Returns what the code of a group of expressions asks of its `PathCode`, so that a reader of bytes can be made for it before. */
export function readsOf(expressions: Iterable<Pick<Checked, 'tree'>>): Reads {
  const used = new Map<string, readonly string[]>();
  const asked = new Map<string, readonly string[]>();
  for (const { tree } of expressions) collect(tree, used, asked);
  const read = [...used.values()].filter((path) => !hasShorter(path, used));
  const tested = [...asked.values()].filter(
    (path) => !read.some((other) => begins(other, path) || begins(path, other)) && !hasLonger(path, asked),
  );
  return { read, tested };
}

/** Returns the access path that a node reads, null for what is computed. Only fields of records are steps. */
export function accessPathOf(node: CheckedNode): readonly string[] | null {
  if (node.kind === 'variable') return [node.name];
  if (node.kind === 'required') return accessPathOf(node.operand);
  if (node.kind !== 'field' || nonNull(node.target.type).kind !== 'record') return null;
  const front = accessPathOf(node.target);
  return front === null ? null : [...front, node.name];
}

/** Returns the access path whose value an optional holds if there is one: `a.?b`, `a.?b.c`. */
export function optionalPathOf(node: CheckedNode): readonly string[] | null {
  if (node.kind !== 'optionalField') return null;
  const { type } = node.target;
  const held = nonNull(type.kind === 'optional' ? type.of : type);
  const front = held.kind === 'record' ? (accessPathOf(node.target) ?? optionalPathOf(node.target)) : null;
  return front === null ? null : [...front, node.name];
}

/** Returns the node that an equality compares with null, or null where it compares two values. */
export function testedByEquality(node: CheckedNode & { kind: 'equality' }): CheckedNode | null {
  if (node.right.type.kind === 'null') return node.left;
  return node.left.type.kind === 'null' ? node.right : null;
}

type Step = CheckedNode & { kind: 'field' | 'index' | 'optionalField' | 'optionalIndex' };

type Paths = Map<string, readonly string[]>;

function collect(node: CheckedNode, used: Paths, asked: Paths): void {
  if (node.kind === 'has') return collectPresence(node.path, used, asked);
  const path = accessPathOf(node) ?? optionalPathOf(node);
  if (path !== null) {
    used.set(JSON.stringify(path), path);
    return;
  }
  const tested = node.kind === 'equality' ? testedByEquality(node) : null;
  const testedPath = tested === null ? null : accessPathOf(tested);
  if (testedPath !== null) asked.set(JSON.stringify(testedPath), testedPath);
  for (const child of checkedChildrenOf(node)) if (child !== tested || testedPath === null) collect(child, used, asked);
}

// A path is only tested; of what is not a path, the value of the last one that is.
function collectPresence(node: CheckedNode, used: Paths, asked: Paths, isWhole = true): void {
  const path = accessPathOf(node) ?? optionalPathOf(node);
  if (path !== null) (isWhole ? asked : used).set(JSON.stringify(path), path);
  else if (node.kind === 'required') collectPresence(node.operand, used, asked, isWhole);
  else if (!isStep(node)) collect(node, used, asked);
  else {
    collectPresence(node.target, used, asked, false);
    if ('index' in node) collect(node.index, used, asked);
  }
}

/** Tells whether a node is a step of a path, of whatever kind. */
export function isStep(node: CheckedNode): node is Step {
  return ['field', 'index', 'optionalField', 'optionalIndex'].includes(node.kind);
}

function hasShorter(path: readonly string[], among: Paths): boolean {
  return path.some((_, i) => i > 0 && among.has(JSON.stringify(path.slice(0, i))));
}

function hasLonger(path: readonly string[], among: Paths): boolean {
  return [...among.values()].some((other) => other.length > path.length && begins(other, path));
}

function begins(path: readonly string[], front: readonly string[]): boolean {
  return front.length <= path.length && front.every((name, i) => name === path[i]);
}
