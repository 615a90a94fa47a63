import type { Path } from '../component/finding.ts';

/** Prints a path as its author would write it: `operators.region.cases[1].where`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(shorten(part, 40))}]`;
  }
  return text;
}

/** Cuts a text of the author's to what fits into a message. */
export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
