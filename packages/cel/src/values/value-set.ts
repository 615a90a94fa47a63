import { unbox } from './box.ts';
import { equal } from './equal.ts';
import { kindOfValue } from './kind-of-value.ts';
import { spend } from './meter.ts';

/** Holds values that differ by `==`: numbers, text and the like are found at once, lists and maps by comparing them one by one. */
export class ValueSet {
  readonly #simple = new Set<unknown>();
  readonly #others: unknown[] = [];

  /** Adds a value and tells whether it is new. */
  add(value: unknown): boolean {
    const key = keyOf(value);
    if (key === undefined) {
      if (this.#hasOther(value)) return false;
      this.#others.push(value);
      return true;
    }
    const before = this.#simple.size;
    if (!Number.isNaN(key)) this.#simple.add(key);
    return Number.isNaN(key) || this.#simple.size > before;
  }

  /** Tells whether a value that equals this one was added. */
  has(value: unknown): boolean {
    const key = keyOf(value);
    // A set of JavaScript's finds NaN, which equals nothing.
    return key === undefined ? this.#hasOther(value) : !Number.isNaN(key) && this.#simple.has(key);
  }

  #hasOther(value: unknown): boolean {
    spend(this.#others.length);
    return this.#others.some((other) => equal(other, value));
  }
}

// Numbers of all types are one key where they are equal; undefined where values must be compared.
function keyOf(value: unknown): unknown {
  switch (kindOfValue(value)) {
    case 'int':
    case 'uint':
    case 'double': {
      const plain = unbox(value) as number | bigint;
      if (typeof plain === 'bigint') return Number.isSafeInteger(Number(plain)) ? Number(plain) : plain;
      return Number.isInteger(plain) && !Number.isSafeInteger(plain) ? BigInt(plain) : plain;
    }
    case 'null':
      return null;
    case 'string':
    case 'bool':
    case 'type':
      return value;
    default:
      return undefined;
  }
}
