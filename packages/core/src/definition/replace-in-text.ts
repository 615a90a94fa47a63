import jsonc from 'jsonc-parser';
import type { Path } from '../component/finding.ts';
import { formatDefinition } from './format-definition.ts';

/** Replaces values in a text of JSON, keeping comments, and lays it out anew. */
export function replaceInText(
  text: string,
  changes: readonly { readonly at: Path; readonly value: unknown }[],
): string {
  const options = { formattingOptions: { insertSpaces: true, tabSize: 2 } };
  const changed = changes.reduce(
    (before, { at, value }) => jsonc.applyEdits(before, jsonc.modify(before, [...at], value, options)),
    text,
  );
  return formatDefinition(changed).text ?? changed;
}
