import { CelError } from '../cel-error.ts';
import { BOOL, INT, STRING, listOf } from '../types/cel-type.ts';
import type { Integer } from '../values/integer.ts';
import { spend } from '../values/meter.ts';
import { countCodePoints, isFlat, limitBuilt, quoteText, trimText } from '../values/text.ts';
import { call, method, type Overload } from './overload.ts';

const test = { result: BOOL, params: [STRING, STRING] };
const change = { result: STRING, params: [STRING] };

/** Lists the functions on text. Positions count code points, not UTF-16 units. */
export const stringFunctions: readonly Overload[] = [
  call('size', { params: [STRING], result: INT, evaluate: size }),
  method('size', { params: [STRING], result: INT, evaluate: size }),
  method('contains', { ...test, evaluate: contains }),
  method('startsWith', { ...test, evaluate: (text: string, part: string) => text.startsWith(part) }),
  method('endsWith', { ...test, evaluate: (text: string, part: string) => text.endsWith(part) }),
  method('lowerAscii', { ...change, evaluate: lowerAscii }),
  method('upperAscii', { ...change, evaluate: upperAscii }),
  method('trim', { ...change, evaluate: trimText }),
  method('reverse', { ...change, evaluate: reverse }),
  call('strings.quote', { ...change, evaluate: quoteText }),
  method('charAt', { params: [STRING, INT], result: STRING, evaluate: charAt }),
  method('indexOf', {
    params: [STRING, STRING],
    result: INT,
    evaluate: (text: string, part: string) => indexOf(text, part, 0),
  }),
  method('indexOf', { params: [STRING, STRING, INT], result: INT, evaluate: indexOf }),
  method('lastIndexOf', {
    params: [STRING, STRING],
    result: INT,
    evaluate: (text: string, part: string) => lastIndexOf(text, part),
  }),
  method('lastIndexOf', { params: [STRING, STRING, INT], result: INT, evaluate: lastIndexOf }),
  method('substring', {
    params: [STRING, INT],
    result: STRING,
    evaluate: (text: string, from: Integer) => substring(text, from),
  }),
  method('substring', { params: [STRING, INT, INT], result: STRING, evaluate: substring }),
  method('replace', {
    params: [STRING, STRING, STRING],
    result: STRING,
    evaluate: (text: string, part: string, by: string) => replace(text, part, by, -1),
  }),
  method('replace', { params: [STRING, STRING, STRING, INT], result: STRING, evaluate: replace }),
  method('split', {
    params: [STRING, STRING],
    result: listOf(STRING),
    evaluate: (text: string, by: string) => split(text, by, -1),
  }),
  method('split', { params: [STRING, STRING, INT], result: listOf(STRING), evaluate: split }),
  method('join', { params: [listOf(STRING)], result: STRING, evaluate: (list: string[]) => join(list, '') }),
  method('join', { params: [listOf(STRING), STRING], result: STRING, evaluate: join }),
];

function size(text: string): number {
  spend(text.length);
  return countCodePoints(text);
}

function contains(text: string, part: string): boolean {
  spend(text.length);
  return text.includes(part);
}

function reverse(text: string): string {
  limitBuilt(text.length);
  return Array.from(text).toReversed().join('');
}

function lowerAscii(text: string): string {
  limitBuilt(text.length);
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function upperAscii(text: string): string {
  limitBuilt(text.length);
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

// Code points as an array only where they differ from UTF-16 units.
function units(text: string): string | string[] {
  spend(text.length);
  return isFlat(text) ? text : Array.from(text);
}

function charAt(text: string, index: Integer): string {
  const characters = units(text);
  return characters[position(index, characters.length)] ?? '';
}

function substring(text: string, from: Integer, to?: Integer): string {
  const characters = units(text);
  const start = position(from, characters.length);
  const end = to === undefined ? characters.length : position(to, characters.length);
  if (start > end) throw outOfRange();
  const part = characters.slice(start, end);
  return typeof part === 'string' ? part : part.join('');
}

function indexOf(text: string, part: string, from: Integer): number {
  spend(text.length);
  if (isFlat(text)) return text.indexOf(part, position(from, text.length));
  const characters = Array.from(text);
  const start = position(from, characters.length);
  const skipped = characters.slice(0, start).join('').length;
  const found = text.indexOf(part, skipped);
  return found < 0 ? -1 : countCodePoints(text.slice(0, found));
}

function lastIndexOf(text: string, part: string, from?: Integer): number {
  spend(text.length);
  let last = text.length;
  if (from !== undefined) {
    const characters = units(text);
    const start = position(from, characters.length);
    last = typeof characters === 'string' ? start : characters.slice(0, start).join('').length;
  }
  const found = text.lastIndexOf(part, last);
  return found < 0 ? -1 : countCodePoints(text.slice(0, found));
}

function position(index: Integer, length: number): number {
  if (typeof index !== 'number' || index < 0 || index > length) throw outOfRange();
  return index;
}

function outOfRange(): CelError {
  return new CelError('INDEX_OUT_OF_RANGE', 'the position is outside of the text.');
}

function replace(text: string, part: string, by: string, limit: Integer): string {
  const parts = split(text, part, limit < 0 ? -1 : BigInt(limit) + 1n);
  if (part !== '') return join(parts, by);
  // An empty part stands before, between and after all characters.
  const gaps = limit < 0 ? parts.length + 1 : Math.min(Number(limit), parts.length + 1);
  const characters = Array.from(text);
  limitBuilt(text.length + gaps * by.length);
  const pieces = characters.map((character, i) => (i < gaps ? by + character : character));
  return pieces.join('') + (gaps > characters.length ? by : '');
}

function split(text: string, by: string, limit: Integer): string[] {
  limitBuilt(text.length);
  if (limit === 0) return [];
  const parts = by === '' ? Array.from(text) : text.split(by);
  // An element costs more than a character.
  spend(parts.length * 8);
  if (limit < 0 || parts.length <= limit) return parts;
  const kept = Number(limit) - 1;
  return [...parts.slice(0, kept), parts.slice(kept).join(by)];
}

function join(list: readonly string[], by: string): string {
  let length = Math.max(0, list.length - 1) * by.length;
  for (const item of list) {
    if (typeof item !== 'string')
      throw new CelError('NO_SUCH_OVERLOAD', 'no such overload: join of a list that has more than text.');
    length += item.length;
  }
  limitBuilt(length);
  return list.join(by);
}
