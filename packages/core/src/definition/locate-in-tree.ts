import type { Node } from 'jsonc-parser';
import type { Finding, Path } from '../component/finding.ts';
import type { Range } from './text-document.ts';

/** Finds the range that a finding means: a key, a value, or characters inside a text. What is not in the file falls back to what holds it. */
export function locateInTree(tree: Node, text: string, finding: Pick<Finding, 'at' | 'on' | 'span'>): Range {
  const { node, key, whole } = descend(tree, finding.at);
  if (finding.on === 'key' && key !== null) return within(key);
  if (!whole && key !== null) return within(key);
  if (whole && finding.span !== undefined && node.type === 'string') return spanInString(node, text, finding.span);
  // A whole object or list would underline half a file: its opening sign stands for it.
  if (node.type === 'object' || node.type === 'array') return { start: node.offset, end: node.offset + 1 };
  return within(node);
}

function descend(tree: Node, path: Path): { node: Node; key: Node | null; whole: boolean } {
  let node = tree;
  let key: Node | null = null;
  for (const part of path) {
    const next = childOf(node, part);
    if (next === null) return { node, key, whole: false };
    node = next.value;
    key = next.key;
  }
  return { node, key, whole: true };
}

function childOf(node: Node, part: string | number): { key: Node | null; value: Node } | null {
  if (node.type === 'array') {
    const value = typeof part === 'number' ? node.children?.[part] : undefined;
    return value === undefined ? null : { key: null, value };
  }
  if (node.type !== 'object') return null;
  for (const property of node.children ?? []) {
    const [key, value] = property.children as [Node, Node];
    if (key.value === String(part)) return { key, value };
  }
  return null;
}

function within(node: Node): Range {
  return { start: node.offset, end: node.offset + node.length };
}

// Offsets of a span count the text's characters; in the file some of them are escapes of two or six.
function spanInString(node: Node, text: string, span: { start: number; end: number }): Range {
  const end = node.offset + node.length - 1;
  let at = node.offset + 1;
  let start: number | null = null;
  for (let index = 0; at < end && index < Math.max(span.end, span.start); index++) {
    if (index === span.start) start = at;
    at += text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2;
  }
  return { start: start ?? at, end: Math.max(at, (start ?? at) + 1) };
}
