import { SyntaxFault } from './syntax-fault.ts';
import type { LiteralNode } from './node.ts';

const PREFIX = /(?:[rR][bB]?|[bB][rR]?)?(?:"""|'''|"|')/y;
// prettier-ignore
const SIMPLE: Readonly<Record<string, number>> = {
  a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, '?': 63, '"': 34, "'": 39, '`': 96,
};

/** Reads a string or bytes literal at an offset: quotes of both kinds, triple quotes, raw, escapes. Null where none begins. */
export function readString(source: string, start: number): LiteralNode | null {
  PREFIX.lastIndex = start;
  const opening = PREFIX.exec(source)?.[0];
  if (opening === undefined) return null;
  const quote = opening.replace(/^[rRbB]+/, '');
  const prefix = opening.slice(0, opening.length - quote.length).toLowerCase();
  const [raw, binary] = [prefix.includes('r'), prefix.includes('b')];
  const content = start + opening.length;
  const close = findClose(source, start, content, quote, raw);
  const span = { start, end: close + quote.length };
  const pieces = raw ? [source.slice(content, close)] : readEscapes(source, content, close, binary);
  if (!binary) return { kind: 'literal', type: 'string', value: pieces.map(toText).join(''), ...span };
  const encoder = new TextEncoder();
  const value = pieces.flatMap((piece) => (typeof piece === 'string' ? [...encoder.encode(piece)] : [piece]));
  return { kind: 'literal', type: 'bytes', value: Uint8Array.from(value), ...span };
}

function toText(piece: string | number): string {
  return typeof piece === 'string' ? piece : String.fromCodePoint(piece);
}

function findClose(source: string, start: number, content: number, quote: string, raw: boolean): number {
  for (let at = content; at < source.length; at++) {
    if (source.startsWith(quote, at)) return at;
    if (source[at] === '\\' && !raw) at++;
    else if (quote.length === 1 && (source[at] === '\n' || source[at] === '\r')) break;
  }
  throw new SyntaxFault(`the text that begins here has no closing ${quote}.`, { start, end: content });
}

// A number is a code point of a string, or a byte of a byte string.
function readEscapes(source: string, from: number, to: number, binary: boolean): (string | number)[] {
  const pieces: (string | number)[] = [];
  let at = from;
  while (at < to) {
    const slash = source.indexOf('\\', at);
    if (slash < 0 || slash >= to) {
      pieces.push(source.slice(at, to));
      break;
    }
    if (slash > at) pieces.push(source.slice(at, slash));
    const escape = readEscape(source, slash, to, binary);
    pieces.push(escape.code);
    at = escape.end;
  }
  return pieces;
}

function readEscape(source: string, slash: number, to: number, binary: boolean): { code: number; end: number } {
  const letter = source[slash + 1] ?? '';
  const simple = Object.hasOwn(SIMPLE, letter) ? SIMPLE[letter] : undefined;
  if (simple !== undefined) return { code: simple, end: slash + 2 };
  const [digits, radix, skip] =
    letter === 'x' || letter === 'X'
      ? [2, 16, 2]
      : letter === 'u' && !binary
        ? [4, 16, 2]
        : letter === 'U' && !binary
          ? [8, 16, 2]
          : [3, 8, 1];
  const end = slash + skip + digits;
  const text = source.slice(slash + skip, Math.min(end, to));
  const code = (radix === 16 ? /^[0-9a-fA-F]+$/ : /^[0-3][0-7]{2}$/).test(text) ? Number.parseInt(text, radix) : NaN;
  const isScalar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  if (text.length !== digits || !isScalar) {
    const span = { start: slash, end: Math.min(slash + 2, to) };
    throw new SyntaxFault(
      `"${source.slice(span.start, span.end)}" does not begin a valid escape; write \\\\ for a backslash.`,
      span,
    );
  }
  return { code, end };
}
