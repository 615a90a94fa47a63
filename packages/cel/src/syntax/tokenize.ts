import { readNumber } from './read-number.ts';
import { readString } from './read-string.ts';
import { SyntaxFault } from './syntax-fault.ts';
import type { Token } from './token.ts';

const SPACE = /(?:[ \t\n\f\r]+|\/\/[^\n]*)*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const ESCAPED = /`([A-Za-z0-9_.\-/ ]+)`/y;
const PUNCTUATION = /&&|\|\||[<>=!]=|[-+*/%<>!?:.,()[\]{}]/y;

/** Cuts a source into words; the last one is `end`. Throws a `SyntaxFault` at what is no word. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = skipSpace(source, 0);
  while (at < source.length) {
    const token = readToken(source, at);
    tokens.push(token);
    at = skipSpace(source, token.end);
  }
  tokens.push({ kind: 'end', text: 'the end of the expression', start: source.length, end: source.length });
  return tokens;
}

function skipSpace(source: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.exec(source);
  return SPACE.lastIndex;
}

function readToken(source: string, start: number): Token {
  const literal = readString(source, start) ?? readNumber(source, start);
  if (literal !== null) {
    return { kind: 'literal', text: source.slice(start, literal.end), literal, start, end: literal.end };
  }
  const name = match(NAME, source, start);
  if (name !== undefined) return { kind: 'name', text: name[0], escaped: false, start, end: start + name[0].length };
  const escaped = match(ESCAPED, source, start);
  if (escaped !== undefined) {
    return { kind: 'name', text: escaped[1] ?? '', escaped: true, start, end: start + escaped[0].length };
  }
  const punctuation = match(PUNCTUATION, source, start)?.[0];
  if (punctuation !== undefined)
    return { kind: 'punctuation', text: punctuation, start, end: start + punctuation.length };
  return refuse(source, start);
}

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source) ?? undefined;
}

const INSTEAD: Readonly<Record<string, string>> = { '=': '==', '&': '&&', '|': '||' };

function refuse(source: string, start: number): never {
  const character = String.fromCodePoint(source.codePointAt(start) ?? 0);
  const span = { start, end: start + character.length };
  const instead = Object.hasOwn(INSTEAD, character) ? INSTEAD[character] : undefined;
  // Control and bidirectional characters would garble the terminal that shows the message.
  const shown = /[\p{L}\p{N}\p{P}\p{S}]/u.test(character)
    ? `"${character}"`
    : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  throw new SyntaxFault(`unexpected ${shown}.`, span, 'SYNTAX_ERROR', instead);
}
