import { SyntaxFault } from './syntax-fault.ts';
import type { LiteralNode } from './node.ts';

const NUMBER = /0[xX][0-9a-fA-F]+[uU]?|(?:[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)|[0-9]+[uU]?/y;
const FOLLOWS = /[A-Za-z0-9_]/;
const LARGEST_INT = 2n ** 63n - 1n;
const LARGEST_UINT = 2n ** 64n - 1n;

/** Reads a number at an offset. An int may be 2^63 here, since a minus may stand before it: the parser has the last word. */
export function readNumber(source: string, start: number): LiteralNode | null {
  NUMBER.lastIndex = start;
  const text = NUMBER.exec(source)?.[0];
  if (text === undefined) return null;
  const end = start + text.length;
  if (FOLLOWS.test(source[end] ?? '')) {
    throw new SyntaxFault(`"${source.slice(start, end + 1)}" is not a number.`, { start, end: end + 1 });
  }
  if (!/^0[xX]/.test(text) && /[.eE]/.test(text)) {
    const value = Number(text);
    if (!Number.isFinite(value))
      throw new SyntaxFault(`the number ${shorten(text)} is too large for double.`, { start, end });
    return { kind: 'literal', type: 'double', value, start, end };
  }
  const isUnsigned = /[uU]$/.test(text);
  const value = BigInt(isUnsigned ? text.slice(0, -1) : text);
  const type = isUnsigned ? 'uint' : 'int';
  if (value > (isUnsigned ? LARGEST_UINT : LARGEST_INT + 1n)) {
    throw new SyntaxFault(`the number ${shorten(text)} is too large for ${type}.`, { start, end });
  }
  return { kind: 'literal', type, value, start, end };
}

/** Gives the literal with a minus before it, or checks that one without fits. */
export function signed(literal: LiteralNode, minusAt: number | null): LiteralNode {
  if (literal.type === 'int') {
    if (minusAt !== null) return { ...literal, value: -literal.value, start: minusAt };
    if (literal.value > LARGEST_INT)
      throw new SyntaxFault(`the number ${literal.value} is too large for int.`, literal);
  }
  return literal.type === 'double' && minusAt !== null
    ? { ...literal, value: -literal.value, start: minusAt }
    : literal;
}

function shorten(text: string): string {
  return text.length > 30 ? `${text.slice(0, 27)}...` : text;
}
