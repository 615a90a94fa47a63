import { DIGITS, SPACES, WORD, foldCase, negate, posixClasses, unite, type CodePointSet } from './code-point-set.ts';
import { invalidPattern } from './invalid-pattern.ts';

/** Walks over the code points of a pattern. */
export interface Cursor {
  readonly text: readonly string[];
  at: number;
}

const CLASSES: ReadonlyMap<string, CodePointSet> = new Map([
  ['d', DIGITS],
  ['D', negate(DIGITS)],
  ['s', SPACES],
  ['S', negate(SPACES)],
  ['w', WORD],
  ['W', negate(WORD)],
]);
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

/** Reads what follows a backslash: a class such as `\d`, or one character. */
export function readEscape(cursor: Cursor): CodePointSet {
  const letter = cursor.text[cursor.at++];
  if (letter === undefined) throw invalidPattern('it ends with a backslash');
  const known = CLASSES.get(letter);
  if (known !== undefined) return known;
  const control = CONTROLS.get(letter);
  if (control !== undefined) return [control, control];
  if (letter === 'x') return readHex(cursor);
  if (/[1-9]/.test(letter)) throw invalidPattern('back-references are not part of RE2');
  const code = letter.codePointAt(0)!;
  if (/[A-Za-z0]/.test(letter)) throw invalidPattern(`"\\${letter}" is not supported`);
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

/** Reads a class in brackets; the opening one is read already. */
export function readBracket(cursor: Cursor, ignoreCase: boolean): CodePointSet {
  const isNegated = cursor.text[cursor.at] === '^';
  if (isNegated) cursor.at++;
  const ranges: number[] = [];
  for (let first = true; first || cursor.text[cursor.at] !== ']'; first = false) {
    if (cursor.at >= cursor.text.length) throw invalidPattern('a "[" is not closed');
    ranges.push(...readItem(cursor));
  }
  cursor.at++;
  const set = ignoreCase ? foldCase(unite(ranges)) : unite(ranges);
  return isNegated ? negate(set) : set;
}

function readItem(cursor: Cursor): CodePointSet {
  const low = readPosix(cursor) ?? readOne(cursor);
  const [next, after] = [cursor.text[cursor.at], cursor.text[cursor.at + 1]];
  if (next !== '-' || after === ']' || after === undefined) return low;
  if (low.length !== 2 || low[0] !== low[1]) throw invalidPattern('a class cannot begin a range');
  cursor.at++;
  const high = readOne(cursor);
  if (high.length !== 2 || high[0] !== high[1] || high[0]! < low[0]!)
    throw invalidPattern('a range ends before it begins');
  return [low[0]!, high[0]!];
}

function readOne(cursor: Cursor): CodePointSet {
  const character = cursor.text[cursor.at++]!;
  if (character === '\\') return readEscape(cursor);
  const code = character.codePointAt(0)!;
  return [code, code];
}

function readPosix(cursor: Cursor): CodePointSet | null {
  if (cursor.text[cursor.at] !== '[' || cursor.text[cursor.at + 1] !== ':') return null;
  const match = /^\[:(\^?)([a-z]+):\]/.exec(cursor.text.slice(cursor.at, cursor.at + 16).join(''));
  const set = posixClasses.get(match?.[2] ?? '');
  if (match === null || set === undefined) throw invalidPattern('"[:" begins no class that exists');
  cursor.at += match[0].length;
  return match[1] === '^' ? negate(set) : set;
}
