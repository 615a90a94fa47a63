import { Constant, constant } from './constant.ts';
import { dedent } from './dedent.ts';
import { numberLiteral } from './literal.ts';
import { Name } from './name.ts';

/** Marks the part of a text that a span of a source expression gave rise to; offsets in UTF-16 units, end exclusive. */
export interface SourceSpan {
  readonly start: number;
  readonly end: number;
}

/** Is one piece of code. Text comes from template literals and from the literals of this package only. */
export type Part = string | Name | Constant | Code;

/**
 * Holds a fragment of JavaScript: an expression or statements, with the names and constants in it still open.
 * Made by `code`, `join`, `literal`, `member` and `at`; never from text that is not a program's own.
 */
export class Code {
  /** The pieces in order. */
  readonly parts: readonly Part[];
  /** Where the fragment comes from in the source expression, if that is known. */
  readonly span: SourceSpan | null;

  constructor(parts: readonly Part[], span: SourceSpan | null = null) {
    this.parts = parts;
    this.span = span;
  }
}

/** Can stand in a hole of `code`. Text cannot: data is passed by `constant`, or by `literal`. */
export type Hole = Code | Name | Constant | number | bigint | boolean | null | undefined;

/** Is the code of nothing. */
export const NO_CODE: Code = new Code([]);

/**
 * Builds code from a template literal. Common indentation is taken away; a fragment whose hole is first on its line is
 * indented with it. The template's own text must not hold `$`, which keeps rendered names apart from it.
 */
export function code(template: TemplateStringsArray, ...holes: readonly Hole[]): Code {
  const texts = dedent(template);
  const parts: Part[] = [];
  for (const [index, text] of texts.entries()) {
    if (text !== '') parts.push(text);
    if (index < holes.length) parts.push(partOf(holes[index]));
  }
  return new Code(parts);
}

/** Puts fragments one after another, with a separator that is a literal of the calling program. */
export function join(fragments: readonly Hole[], separator: ', ' | '\n' | ' ' | ' && ' | ' || ' | ' | ' | ''): Code {
  const parts: Part[] = [];
  for (const fragment of fragments) {
    if (parts.length > 0 && separator !== '') parts.push(separator);
    parts.push(partOf(fragment));
  }
  return new Code(parts);
}

/** Says which span of the source expression a fragment comes from. */
export function at(span: SourceSpan, fragment: Code): Code {
  return new Code([fragment], { start: span.start, end: span.end });
}

function partOf(hole: Hole): Part {
  if (hole instanceof Code || hole instanceof Name || hole instanceof Constant) return hole;
  if (typeof hole === 'number') return numberLiteral(hole);
  if (typeof hole === 'bigint') return hole < 0n ? `(${hole}n)` : `${hole}n`;
  if (hole === null || typeof hole === 'boolean') return String(hole);
  if (hole === undefined) return 'undefined';
  throw new TypeError(`A hole of code takes code, names, constants and numbers, not ${typeof hole}: use constant().`);
}

/** Gives data to code: what has a literal stands in the text, everything else is hoisted into a parameter. */
export function value(data: unknown, hint?: string): Code {
  return code`${typeof data === 'string' ? literal(data) : isLiteral(data) ? data : constant(data, hint)}`;
}

/** Writes a text as a string literal. */
export function literal(text: string): Code {
  // Both separators were line ends in string literals before ES2019, and still are to many tools that show code.
  const quoted = JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return new Code([quoted]);
}

/** Reads a property: by a dot where the key is a plain identifier, else by a literal in brackets. */
export function member(object: Hole, key: string): Code {
  return new Code([partOf(object), ...(IDENTIFIER.test(key) ? [`.${key}`] : ['[', literal(key), ']'])]);
}

/** Builds an object literal; every key is an own property, `__proto__` too. */
export function objectLiteral(entries: readonly (readonly [key: string, value: Hole])[]): Code {
  const members = entries.map(([key, entry]) =>
    key === '__proto__' ? code`["__proto__"]: ${entry}` : code`${literal(key)}: ${entry}`,
  );
  return members.length === 0 ? code`{}` : code`{ ${join(members, ', ')} }`;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

function isLiteral(data: unknown): data is number | bigint | boolean | null | undefined {
  return data === null || ['number', 'bigint', 'boolean', 'undefined'].includes(typeof data);
}
