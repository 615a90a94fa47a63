import { parseDefinition, type RangedFinding } from './parse-definition.ts';
import { readTree, type WrittenEntry, type WrittenValue } from './written-tree.ts';

/** The width that a line may have before its object or list is broken. */
const width = 120;
/** The file and its sections are always written over several lines. */
const alwaysBroken = 2;

/** The text in the one layout, or what keeps it from being read. */
export type Formatted =
  | { readonly text: string; readonly findings?: never }
  | { readonly text?: never; readonly findings: readonly RangedFinding[] };

/** Writes a topology file in the one layout that `headrace format` gives: order, comments and spelling of values stay as they are. */
export function formatDefinition(text: string): Formatted {
  const parsed = parseDefinition(text);
  if (parsed.value === undefined) return { findings: parsed.findings };
  const { before, value, after } = readTree(text.replace(/^\uFEFF/, ''));
  const lines = [...before, printed(value, 0, 0), ...after];
  return { text: `${lines.join('\n')}\n` };
}

function printed(value: WrittenValue, depth: number, used: number): string {
  const flat = depth < alwaysBroken && value.kind === 'object' ? null : flatText(value);
  if (flat !== null && used + flat.length <= width) return flat;
  return brokenText(value, depth);
}

// One line, or null where a comment or a blank line keeps the value from being one.
function flatText(value: WrittenValue): string | null {
  if (value.kind === 'scalar') return value.text;
  if (value.closing.length > 0) return null;
  const parts: string[] = [];
  for (const entry of value.entries) {
    const inner = entry.leading.length > 0 || entry.trailing.length > 0 ? null : flatText(entry.value);
    if (inner === null) return null;
    parts.push(entry.key === null ? inner : `${entry.key}: ${inner}`);
  }
  if (parts.length === 0) return value.kind === 'object' ? '{}' : '[]';
  return value.kind === 'object' ? `{ ${parts.join(', ')} }` : `[${parts.join(', ')}]`;
}

function brokenText(value: WrittenValue, depth: number): string {
  if (value.kind === 'scalar') return value.text;
  const indent = '  '.repeat(depth + 1);
  const lines = value.entries.flatMap((entry, i) => entryLines(entry, i, value.entries.length, depth, indent));
  for (const [i, comment] of value.closing.entries()) {
    if (comment.blankBefore && (i > 0 || value.entries.length > 0)) lines.push('');
    lines.push(indent + comment.text);
  }
  const [open, close] = value.kind === 'object' ? ['{', '}'] : ['[', ']'];
  if (lines.length === 0) return open + close;
  return [open, ...lines, '  '.repeat(depth) + close].join('\n');
}

function entryLines(entry: WrittenEntry, at: number, count: number, depth: number, indent: string): string[] {
  const lines: string[] = [];
  for (const [i, comment] of entry.leading.entries()) {
    if (comment.blankBefore && (i > 0 || at > 0)) lines.push('');
    lines.push(indent + comment.text);
  }
  if (entry.blankBefore && (at > 0 || entry.leading.length > 0)) lines.push('');
  const key = entry.key === null ? '' : `${entry.key}: `;
  const comma = at < count - 1 ? ',' : '';
  const value = printed(entry.value, depth + 1, indent.length + key.length + comma.length);
  lines.push([indent + key + value + comma, ...entry.trailing].join(' '));
  return lines;
}
