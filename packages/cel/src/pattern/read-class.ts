import { DIGITS, SPACES, WORD, negate, posixClasses, unite, type CodePointSet } from './code-point-set.ts';
import { foldCase } from './case-folding.ts';
import { invalidPattern } from './invalid-pattern.ts';
import { unicodeClass } from './unicode-class.ts';

/** Walks over the code points of a pattern. */
export interface Cursor {
  readonly text: string[];
  at: number;
}

const CLASSES: ReadonlyMap<string, CodePointSet> = new Map([
  ['d', DIGITS],
  ['s', SPACES],
  ['w', WORD],
]);
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

/** Reads what follows a backslash: a class such as `\d` or `\p{Greek}`, or one character. */
export function readEscape(cursor: Cursor, ignoreCase: boolean): CodePointSet {
  return readNamedClass(cursor, ignoreCase) ?? finish(readEscapedCharacter(cursor), ignoreCase, false);
}

// The case is taken away before a class is turned around, as RE2 does.
function finish(set: CodePointSet, ignoreCase: boolean, isNegated: boolean): CodePointSet {
  const folded = ignoreCase ? foldCase(set) : set;
  return isNegated ? negate(folded) : folded;
}

function readNamedClass(cursor: Cursor, ignoreCase: boolean): CodePointSet | null {
  const letter = cursor.text[cursor.at] ?? '';
  if (letter === 'p' || letter === 'P') return readUnicode(cursor, ignoreCase);
  const known = CLASSES.get(letter.toLowerCase());
  if (known === undefined) return null;
  cursor.at++;
  return finish(known, ignoreCase, /[A-Z]/.test(letter));
}

// `\pL`, `\p{Greek}`, `\p{^Greek}`; `\P` turns each around.
function readUnicode(cursor: Cursor, ignoreCase: boolean): CodePointSet {
  const head = cursor.text.slice(cursor.at, cursor.at + 48).join('');
  const match = /^[pP](?:([A-Z])|\{(\^?)(\w+)\})/.exec(head);
  const set = match === null ? null : unicodeClass(match[1] ?? match[3]!);
  if (match === null || set === null) throw invalidPattern(`"\\${head.slice(0, 3)}" begins no class of Unicode`);
  cursor.at += match[0].length;
  return finish(set, ignoreCase, (head[0] === 'P') !== (match[2] === '^'));
}

function readEscapedCharacter(cursor: Cursor): CodePointSet {
  const letter = cursor.text[cursor.at++];
  if (letter === undefined) throw invalidPattern('it ends with a backslash');
  const control = CONTROLS.get(letter);
  if (control !== undefined) return [control, control];
  if (letter === 'x') return readHex(cursor);
  if (/[0-7]/.test(letter)) return readOctal(cursor, letter);
  if (/[89]/.test(letter)) throw invalidPattern('back-references are not part of RE2');
  const code = letter.codePointAt(0)!;
  if (code > 127 || /[A-Za-z]/.test(letter)) throw invalidPattern(`"\\${letter}" means nothing`);
  return [code, code];
}

function readHex(cursor: Cursor): CodePointSet {
  const match = /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/.exec(
    cursor.text.slice(cursor.at, cursor.at + 8).join(''),
  );
  const code = Number.parseInt(match?.[1] ?? match?.[2] ?? '', 16);
  if (match === null || !(code <= 0x10ffff)) throw invalidPattern('"\\x" needs two hexadecimal digits, or {…}');
  cursor.at += match[0].length;
  return [code, code];
}

// One digit alone, but 0, is a back-reference elsewhere.
function readOctal(cursor: Cursor, first: string): CodePointSet {
  const rest = /^[0-7]{0,2}/.exec(cursor.text.slice(cursor.at, cursor.at + 2).join(''))![0];
  if (first !== '0' && rest === '') throw invalidPattern('back-references are not part of RE2');
  cursor.at += rest.length;
  const code = Number.parseInt(first + rest, 8);
  return [code, code];
}

/** Reads a class in brackets; the opening one is read already. */
export function readBracket(cursor: Cursor, ignoreCase: boolean): CodePointSet {
  const isNegated = cursor.text[cursor.at] === '^';
  if (isNegated) cursor.at++;
  const ranges: number[] = [];
  for (let first = true; first || cursor.text[cursor.at] !== ']'; first = false) {
    if (cursor.at >= cursor.text.length) throw invalidPattern('a "[" is not closed');
    const item = readPosix(cursor, ignoreCase) ?? readEscapedClass(cursor, ignoreCase) ?? readRange(cursor, ignoreCase);
    for (const bound of item) ranges.push(bound);
  }
  cursor.at++;
  const set = unite(ranges);
  return isNegated ? negate(set) : set;
}

function readEscapedClass(cursor: Cursor, ignoreCase: boolean): CodePointSet | null {
  if (cursor.text[cursor.at] !== '\\') return null;
  cursor.at++;
  const set = readNamedClass(cursor, ignoreCase);
  if (set === null) cursor.at--;
  return set;
}

function readRange(cursor: Cursor, ignoreCase: boolean): CodePointSet {
  const low = readOne(cursor);
  const [next, after] = [cursor.text[cursor.at], cursor.text[cursor.at + 1]];
  if (next !== '-' || after === ']' || after === undefined) return finish([low, low], ignoreCase, false);
  cursor.at++;
  const high = readOne(cursor);
  if (high < low) throw invalidPattern('a range ends before it begins');
  return finish([low, high], ignoreCase, false);
}

function readOne(cursor: Cursor): number {
  const character = cursor.text[cursor.at++]!;
  return character === '\\' ? readEscapedCharacter(cursor)[0]! : character.codePointAt(0)!;
}

function readPosix(cursor: Cursor, ignoreCase: boolean): CodePointSet | null {
  if (cursor.text[cursor.at] !== '[' || cursor.text[cursor.at + 1] !== ':') return null;
  // Without ":]" later on, the bracket stands for itself.
  const end = cursor.text.findIndex((letter, i) => i >= cursor.at + 2 && letter === ':' && cursor.text[i + 1] === ']');
  if (end < 0) return null;
  const match = /^(\^?)([a-z]+)$/.exec(cursor.text.slice(cursor.at + 2, end).join(''));
  const set = posixClasses.get(match?.[2] ?? '');
  if (match === null || set === undefined) throw invalidPattern('"[:" begins no class that exists');
  cursor.at = end + 2;
  return finish(set, ignoreCase, match[1] === '^');
}
