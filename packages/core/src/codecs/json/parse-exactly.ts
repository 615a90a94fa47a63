import { DataFault } from '../data-fault.ts';
import { endOfString } from './depth.ts';

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
  return new ExactParser(text, readNumber).value();
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

class ExactParser {
  readonly #text: string;
  readonly #readNumber: NumberReader;
  #at = 0;

  constructor(text: string, readNumber: NumberReader) {
    this.#text = text;
    this.#readNumber = readNumber;
  }

  value(): unknown {
    switch (this.#peek()) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(): unknown {
    const object: Record<string, unknown> = {};
    this.#at++;
    while (this.#peek() !== '}') {
      const name = this.#string();
      this.#peek();
      this.#at++;
      // An assignment to "__proto__" would set the prototype.
      Object.defineProperty(object, name, {
        value: this.value(),
        writable: true,
        enumerable: true,
        configurable: true,
      });
      if (this.#peek() === ',') this.#at++;
    }
    this.#at++;
    return object;
  }

  #array(): unknown {
    const items: unknown[] = [];
    this.#at++;
    while (this.#peek() !== ']') {
      items.push(this.value());
      if (this.#peek() === ',') this.#at++;
    }
    this.#at++;
    return items;
  }

  #string(): string {
    this.#peek();
    const end = endOfString(this.#text, this.#at) + 1;
    const literal = this.#text.slice(this.#at, end);
    this.#at = end;
    return JSON.parse(literal) as string;
  }

  #word(word: string, value: unknown): unknown {
    this.#at += word.length;
    return value;
  }

  #number(): unknown {
    const start = this.#at;
    while (this.#at < this.#text.length && '+-.0123456789eE'.includes(this.#text[this.#at] as string)) this.#at++;
    return this.#readNumber(this.#text.slice(start, this.#at));
  }

  /** Skips white space and returns the character after it. */
  #peek(): string | undefined {
    while (this.#at < this.#text.length && ' \t\n\r'.includes(this.#text[this.#at] as string)) this.#at++;
    return this.#text[this.#at];
  }
}
