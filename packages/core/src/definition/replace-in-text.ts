import jsonc from 'jsonc-parser';
import type { Path } from '../component/finding.ts';
import { formatDefinition } from './format-definition.ts';

/** A change of a text of JSON; undefined takes away what stands there, and -1 at the end of a path stands behind the last item of a list. */
export interface TextChange {
  readonly at: Path;
  readonly value: unknown;
}

/**
 * Changes values in a text of JSON, one after the other; all else stays as it is, comments too. A text in the layout of `headrace format`
 * keeps to it; what is written into any other is indented as that is.
 */
export function replaceInText(text: string, changes: readonly TextChange[]): string {
  const isLaidOut = formatDefinition(text).text === text;
  const [indent = '  '] = /(?<=^[{[]\s*\n)[ \t]+/m.exec(text) ?? [];
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  const changed = changes.reduce((before, { at, value }) => {
    if (value === undefined && typeof at.at(-1) === 'number') return withoutItem(before, at);
    return jsonc.applyEdits(before, jsonc.modify(before, [...at], value, { formattingOptions }));
  }, text);
  return isLaidOut ? (formatDefinition(changed).text ?? changed) : changed;
}

// The library takes the last item away as if a blank stood behind it.
function withoutItem(text: string, at: Path): string {
  const tree = jsonc.parseTree(text);
  const item = tree && jsonc.findNodeAtLocation(tree, [...at]);
  const siblings = item?.parent?.children;
  if (item === undefined || siblings === undefined) return text;
  const index = siblings.indexOf(item);
  const [before, next] = [siblings[index - 1], siblings[index + 1]];
  const end = item.offset + item.length;
  if (next === undefined) {
    const start = before === undefined ? item.offset : before.offset + before.length;
    return text.slice(0, start) + text.slice(end);
  }
  const comma = /^(?:\s|\/\/.*|\/\*[^]*?\*\/)*,\s*/.exec(text.slice(end))?.[0].length ?? 0;
  return text.slice(0, item.offset) + text.slice(end + comma);
}
