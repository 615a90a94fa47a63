import { readJson } from '@headrace/cel';
import { DataFault, maxDepth } from '../data-fault.ts';

/** Stands for a number whose text has a fraction that a double rounds away: right for a double, wrong for an integer. */
export class RoundedNumber {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Turns the text of a number into a value. */
export type NumberReader = (literal: string) => unknown;

/**
 * Reads a text that is known to be JSON and not too deep, with every number left to `readNumber`; `JSON.parse` shows a
 * program only the nearest double.
 */
export function parseExactly(text: string, readNumber: NumberReader): unknown {
  return readJson(text, { number: readNumber, object: () => ({}), depth: maxDepth });
}

/** Matches every text with a number that a double may not hold: sixteen digits, or a large exponent. */
export const hazard = /\d(?:\.?\d){15}|[eE]\+?\d{3}/;

/** Reads an integer exactly, and any other number as the nearest double. */
export function exactNumber(literal: string): unknown {
  if (!hazard.test(literal)) return Number(literal);
  if (/^-?\d+(?:\.0+)?$/.test(literal)) {
    const integer = Number(literal);
    if (Number.isSafeInteger(integer)) return integer;
    const exact = BigInt(literal.split('.')[0] as string);
    // Beyond 64 bits it is no integer to anybody; a double's own digits come back as that double.
    return BigInt.asIntN(64, exact) !== exact && Number.isFinite(integer) && BigInt(integer) === exact
      ? integer
      : exact;
  }
  const value = Number(literal);
  if (!Number.isFinite(value)) throw new DataFault('BAD_JSON', 'a number is beyond what a double can hold');
  return Number.isInteger(value) ? new RoundedNumber(value) : value;
}
