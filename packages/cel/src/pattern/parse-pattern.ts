import type { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';
import { foldCase } from './case-folding.ts';
import { ANY, NEWLINE, negate, type CodePointSet } from './code-point-set.ts';
import { invalidPattern } from './invalid-pattern.ts';
import { readBracket, readEscape, type Cursor } from './read-class.ts';

/** Names a condition on a place between two characters. */
export type Assertion = 'start' | 'end' | 'lineStart' | 'lineEnd' | 'boundary' | 'noBoundary';

/** Describes a pattern as written. */
export type Pattern =
  | { readonly kind: 'set'; readonly set: CodePointSet }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly items: readonly Pattern[] }
  /** `index` counts the opening brackets of groups from 1 on. */
  | { readonly kind: 'group'; readonly item: Pattern; readonly index: number }
  | {
      readonly kind: 'repeat';
      readonly item: Pattern;
      readonly min: number;
      readonly max: number | null;
      readonly lazy: boolean;
    };

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
  /** Whether `*` is lazy and `*?` is not. */
  readonly swapGreed: boolean;
}

interface Reader extends Cursor {
  groups: number;
  /** The groups that have a name, by their number. */
  readonly names: Map<string, number>;
}

/** A pattern as written, with the number of its groups and the names that some have. */
export interface ParsedPattern {
  readonly tree: Pattern;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

const DEEPEST = 100;
const MOST_REPEATS = 1000;

/**
 * Reads a pattern in the syntax of RE2 (github.com/google/re2/wiki/Syntax), all but `\C`, which names single bytes.
 * Throws a `CelError` at anything else. Tells how many groups it has, too.
 */
export function parsePattern(pattern: string): ParsedPattern {
  if (pattern.length > limits.patternLength) throw invalidPattern('it is too long');
  const cursor: Reader = { text: Array.from(pattern), at: 0, groups: 0, names: new Map() };
  const flags: Flags = { ignoreCase: false, multiLine: false, dotAll: false, swapGreed: false };
  const tree = readChoice(cursor, flags, 0);
  if (cursor.at < cursor.text.length) throw invalidPattern('it has a ")" that closes nothing');
  return { tree, groups: cursor.groups, names: cursor.names };
}

function readChoice(cursor: Reader, flags: Flags, depth: number): Pattern {
  if (depth > DEEPEST) throw invalidPattern('its groups are nested too deep');
  let current = flags;
  const items: Pattern[] = [];
  let sequence: Pattern[] = [];
  while (cursor.at < cursor.text.length && cursor.text[cursor.at] !== ')') {
    if (unquote(cursor)) continue;
    if (cursor.text[cursor.at] === '|') {
      cursor.at++;
      items.push({ kind: 'sequence', items: sequence });
      sequence = [];
      continue;
    }
    const switched = readFlags(cursor, current);
    if (switched !== null) current = switched;
    else sequence.push(readRepeat(cursor, current, depth));
  }
  items.push({ kind: 'sequence', items: sequence });
  return items.length === 1 ? items[0]! : { kind: 'choice', items };
}

// What stands between `\Q` and `\E`, or the end, stands for itself: it is escaped where it stands.
function unquote(cursor: Cursor): boolean {
  const { text, at } = cursor;
  if (text[at] !== '\\' || text[at + 1] !== 'Q') return false;
  const end = text.findIndex((letter, i) => i >= at + 2 && letter === '\\' && text[i + 1] === 'E');
  const quoted = text.slice(at + 2, end < 0 ? text.length : end);
  const escaped = quoted.flatMap((letter) => (/[!-/:-@[-`{-~]/.test(letter) ? ['\\', letter] : [letter]));
  text.splice(at, (end < 0 ? text.length : end + 2) - at, ...escaped);
  return true;
}

// `(?i)` changes the flags of the rest of its group.
function readFlags(cursor: Cursor, flags: Flags): Flags | null {
  const match = /^\(\?([imsU]*)(?:-([imsU]+))?\)/.exec(cursor.text.slice(cursor.at, cursor.at + 16).join(''));
  if (match === null) return null;
  cursor.at += match[0].length;
  return changeFlags(flags, match[1]!, match[2] ?? '');
}

function changeFlags(flags: Flags, on: string, off: string): Flags {
  const set = (letter: string, now: boolean): boolean => (on.includes(letter) || now) && !off.includes(letter);
  return {
    ignoreCase: set('i', flags.ignoreCase),
    multiLine: set('m', flags.multiLine),
    dotAll: set('s', flags.dotAll),
    swapGreed: set('U', flags.swapGreed),
  };
}

function readRepeat(cursor: Reader, flags: Flags, depth: number): Pattern {
  let item = readAtom(cursor, flags, depth);
  let repeats = 0;
  for (let bounds = readBounds(cursor); bounds !== null; bounds = readBounds(cursor)) {
    if (++repeats > 1) throw invalidPattern('it repeats a repetition; put the inner one into a group');
    const isSwapped = cursor.text[cursor.at] === '?';
    if (isSwapped) cursor.at++;
    item = { kind: 'repeat', item, ...bounds, lazy: isSwapped !== flags.swapGreed };
  }
  return item;
}

function readBounds(cursor: Cursor): { min: number; max: number | null } | null {
  const sign = cursor.text[cursor.at];
  if (sign === '*' || sign === '+' || sign === '?') {
    cursor.at++;
    return { min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : null };
  }
  if (sign !== '{') return null;
  const match = /^\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/.exec(cursor.text.slice(cursor.at, cursor.at + 24).join(''));
  if (match === null) return null;
  cursor.at += match[0].length;
  const min = Number(match[1]);
  const max = match[2] === undefined ? min : match[3] === undefined ? null : Number(match[3]);
  if (min > MOST_REPEATS || (max !== null && (max > MOST_REPEATS || max < min))) {
    throw invalidPattern(`"${match[0]}" is no valid number of repetitions`);
  }
  return { min, max };
}

function readAtom(cursor: Reader, flags: Flags, depth: number): Pattern {
  const character = cursor.text[cursor.at++]!;
  switch (character) {
    case '(':
      return readGroup(cursor, flags, depth);
    case '[':
      return { kind: 'set', set: readBracket(cursor, flags.ignoreCase) };
    case '.':
      return { kind: 'set', set: flags.dotAll ? ANY : negate(NEWLINE) };
    case '^':
      return { kind: 'assertion', assertion: flags.multiLine ? 'lineStart' : 'start' };
    case '$':
      return { kind: 'assertion', assertion: flags.multiLine ? 'lineEnd' : 'end' };
    case '*':
    case '+':
    case '?':
      throw invalidPattern(`"${character}" has nothing before it to repeat`);
    case '\\':
      return readEscaped(cursor, flags);
    default: {
      cursor.at--;
      if (readBounds(cursor) !== null) throw invalidPattern('a number of repetitions has nothing before it');
      cursor.at++;
      const code = character.codePointAt(0)!;
      return { kind: 'set', set: flags.ignoreCase ? foldCase([code, code]) : [code, code] };
    }
  }
}

const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map([
  ['A', 'start'],
  ['z', 'end'],
  ['b', 'boundary'],
  ['B', 'noBoundary'],
]);

function readEscaped(cursor: Cursor, flags: Flags): Pattern {
  const assertion = ASSERTIONS.get(cursor.text[cursor.at] ?? '');
  if (assertion !== undefined) {
    cursor.at++;
    return { kind: 'assertion', assertion };
  }
  return { kind: 'set', set: readEscape(cursor, flags.ignoreCase) };
}

function readGroup(cursor: Reader, flags: Flags, depth: number): Pattern {
  let inner = flags;
  let index: number | null = null;
  if (cursor.text[cursor.at] === '?') {
    const head = cursor.text.slice(cursor.at, cursor.at + 80).join('');
    const match = /^\?(?:P?<(\w+)>|([imsU]*)(?:-([imsU]+))?:)/.exec(head);
    if (match === null) throw badGroup(head);
    cursor.at += match[0].length;
    const name = match[1];
    if (name === undefined) inner = changeFlags(flags, match[2]!, match[3] ?? '');
    else if (cursor.names.has(name)) throw invalidPattern(`it names two groups "${name}"`);
    else {
      index = ++cursor.groups;
      cursor.names.set(name, index);
    }
  } else index = ++cursor.groups;
  const item = readChoice(cursor, inner, depth + 1);
  if (cursor.text[cursor.at] !== ')') throw invalidPattern('a "(" is not closed');
  cursor.at++;
  return index === null ? item : { kind: 'group', item, index };
}

function badGroup(head: string): CelError {
  const isLookAround = /^\?<?[=!]/.test(head);
  return invalidPattern(isLookAround ? 'look-around is not part of RE2' : `"(${head.slice(0, 3)}" begins no group`);
}
