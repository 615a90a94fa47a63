import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';

/** Says what the parts of JSON text become. */
export interface JsonForm {
  /** Makes the value of a number from its text, of which nothing is rounded. */
  number(literal: string): unknown;
  /** Makes an object without fields. */
  object(): Record<string, unknown>;
  /** How deep lists and objects may nest. */
  readonly depth: number;
}

/**
 * Reads JSON text (RFC 8259): unless a form says otherwise, objects become objects without a prototype, and integers beyond the safe
 * ones bigints. Throws a `CelError` with the code `INVALID_JSON`. The engine's own parser rounds long integers and overflows on deep
 * text.
 */
export function readJson(text: string, form: JsonForm = celForm): unknown {
  const reader = new JsonReader(text, form);
  return reader.whole();
}

const celForm: JsonForm = {
  number(literal) {
    const value = Number(literal);
    if (!Number.isFinite(value)) throw new CelError('INVALID_JSON', 'a number of the JSON text is too large.');
    // Beyond 64 bits no int can hold it.
    const isExact = !/[.eE]/.test(literal) && !Number.isSafeInteger(value) && literal.length <= 20;
    return isExact ? toInt64(BigInt(literal), value) : value;
  },
  object: () => Object.create(null) as Record<string, unknown>,
  depth: limits.valueDepth,
};

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids them in strings
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class JsonReader {
  readonly #text: string;
  readonly #form: JsonForm;
  #at = 0;

  constructor(text: string, form: JsonForm) {
    this.#text = text;
    this.#form = form;
  }

  whole(): unknown {
    const value = this.#value(0);
    if (this.#at < this.#text.length) throw this.#invalid();
    return value;
  }

  #value(depth: number): unknown {
    if (depth > this.#form.depth) throw new CelError('INVALID_JSON', 'the JSON text is nested too deep.');
    this.#take(SPACE);
    const value = this.#bare(depth);
    this.#take(SPACE);
    return value;
  }

  #bare(depth: number): unknown {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth + 1);
      case '[':
        return this.#list(depth + 1);
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

  #object(depth: number): object {
    const object = this.#form.object();
    this.#at++;
    this.#take(SPACE);
    if (this.#skip('}')) return object;
    do {
      this.#take(SPACE);
      if (this.#text[this.#at] !== '"') throw this.#invalid();
      const key = this.#string();
      this.#take(SPACE);
      if (!this.#skip(':')) throw this.#invalid();
      const value = this.#value(depth);
      // An assignment to "__proto__" would set the prototype.
      if (key === '__proto__')
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      else object[key] = value;
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#invalid();
    return object;
  }

  #list(depth: number): unknown[] {
    const list: unknown[] = [];
    this.#at++;
    this.#take(SPACE);
    if (this.#skip(']')) return list;
    do list.push(this.#value(depth));
    while (this.#skip(','));
    if (!this.#skip(']')) throw this.#invalid();
    return list;
  }

  #string(): string {
    this.#at++;
    let text = this.#take(PLAIN);
    while (!this.#skip('"')) {
      if (!this.#skip('\\')) throw this.#invalid();
      text += this.#escape() + this.#take(PLAIN);
    }
    return text;
  }

  #escape(): string {
    const letter = this.#text[this.#at++] ?? '';
    if (letter !== 'u') {
      if (!Object.hasOwn(ESCAPES, letter)) throw this.#invalid();
      return ESCAPES[letter]!;
    }
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#invalid();
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #word(word: string, value: unknown): unknown {
    if (!this.#text.startsWith(word, this.#at)) throw this.#invalid();
    this.#at += word.length;
    return value;
  }

  #number(): unknown {
    const start = this.#at;
    NUMBER.lastIndex = start;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#invalid();
    this.#at += match[0].length;
    return this.#form.number(match[0]);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)![0];
    this.#at += found.length;
    return found;
  }

  #skip(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #invalid(): CelError {
    return new CelError('INVALID_JSON', `the text is not JSON from its character ${this.#at + 1} on.`);
  }
}

function toInt64(exact: bigint, value: number): number | bigint {
  return BigInt.asIntN(64, exact) === exact ? exact : value;
}
