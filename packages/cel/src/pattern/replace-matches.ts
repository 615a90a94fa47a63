import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';
import { limitBuilt } from '../values/text.ts';
import type { CompiledPattern } from './compile-pattern.ts';

/** Holds the text to put in place of a match: text as it is, and groups by their numbers, 0 for the whole match. */
export type Template = readonly (string | number)[];

/** Reads a replacement: `\1` stands for a group, `\\` for a backslash. Throws a `CelError` with the code `INVALID_REPLACEMENT`. */
export function templateOf(text: string, groups: number): Template {
  const template: (string | number)[] = [];
  let from = 0;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', from)) {
    template.push(text.slice(from, at));
    const next = text[at + 1] ?? '';
    if (next === '\\') template.push('\\');
    else if (!/[0-9]/.test(next)) throw invalid('a backslash is followed by a digit or another backslash');
    else if (Number(next) > groups) throw invalid(`the pattern has no group ${next}`);
    else template.push(Number(next));
    from = at + 2;
  }
  template.push(text.slice(from));
  return template;
}

/** Puts a template in place of the first matches, of all where the limit is negative. */
export function replaceMatches(pattern: CompiledPattern, text: string, template: Template, limit: number): string {
  let result = '';
  let from = 0;
  let left = limit;
  for (const match of pattern.matches(text)) {
    if (left-- === 0) break;
    const start = result.length;
    result += text.slice(from, match[0]);
    for (const part of template) {
      if (typeof part === 'string') result += part;
      else if (match[2 * part]! >= 0) result += text.slice(match[2 * part], match[2 * part + 1]);
    }
    limitBuilt(result.length - start);
    if (result.length > limits.built) limitBuilt(result.length);
    from = match[1]!;
  }
  limitBuilt(text.length - from);
  return result + text.slice(from);
}

function invalid(why: string): CelError {
  return new CelError('INVALID_REPLACEMENT', `the replacement is not valid: ${why}.`);
}
