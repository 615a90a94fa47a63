import { MAX_SCHEMA_DEPTH, MAX_SCHEMA_NODES } from '../limits.ts';
import { SchemaError } from '../schema-error.ts';
import { joinText, textKind, type TextKind } from './text-kind.ts';

/** Names what a value of the sample is. */
export type ValueKind = 'a boolean' | 'a number' | 'a text' | 'a list' | 'an object';

const INTEGER = /^-?(?:0|[1-9]\d{0,18})$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Gathers what a sample shows of the values at one place. */
export class Evidence {
  /** Values that were seen, nulls too. */
  count = 0;
  hasNull = false;
  /** What all texts are. */
  texts: TextKind | null = null;
  items: Evidence | null = null;
  /** Objects that were seen, and their fields in the order in which they came. */
  objects = 0;
  readonly fields = new Map<string, Evidence>();
  readonly #from: 'json' | 'csv';
  readonly #kinds = new Set<ValueKind>();
  #number: 'int' | 'long' | 'double' = 'int';

  constructor(from: 'json' | 'csv') {
    this.#from = from;
  }

  /** Returns the kinds of the values that were seen, null aside, in a fixed order. */
  kinds(): readonly ValueKind[] {
    return [...this.#kinds].sort();
  }

  /** Returns the smallest type of numbers that holds all of those seen. */
  numberKind(): 'int' | 'long' | 'double' {
    return this.#number;
  }

  /** Looks at one value. */
  add(value: unknown, depth: number): void {
    if (depth > MAX_SCHEMA_DEPTH)
      throw new SchemaError('TOO_DEEP', '', `Values nest more than ${MAX_SCHEMA_DEPTH} deep.`);
    this.count++;
    if (value === null || value === undefined || (this.#from === 'csv' && value === '')) this.hasNull = true;
    else if (typeof value === 'boolean') this.#kinds.add('a boolean');
    else if (typeof value === 'number' || typeof value === 'bigint') this.#addNumber(value);
    else if (typeof value === 'string') this.#addText(value);
    else if (Array.isArray(value)) this.#addList(value, depth);
    else this.#addObject(value, depth);
  }

  /** Takes over what another place has shown. */
  merge(other: Evidence): void {
    this.count += other.count;
    this.hasNull ||= other.hasNull;
    for (const kind of other.#kinds) this.#kinds.add(kind);
    this.#widen(other.#number);
    if (other.texts !== null) this.texts = joinText(this.texts, other.texts);
    if (other.items !== null) (this.items ??= new Evidence(this.#from)).merge(other.items);
    this.objects += other.objects;
    for (const [name, field] of other.fields) this.#field(name).merge(field);
  }

  #addNumber(value: number | bigint): void {
    this.#kinds.add('a number');
    if (typeof value === 'bigint') this.#widen(BigInt.asIntN(64, value) === value ? 'long' : 'double');
    else if (!Number.isSafeInteger(value)) this.#widen('double');
    else if ((value | 0) !== value) this.#widen('long');
  }

  #addText(text: string): void {
    if (this.#from === 'csv') {
      if (text === 'true' || text === 'false') return void this.#kinds.add('a boolean');
      if (INTEGER.test(text)) {
        const exact = BigInt(text);
        return this.#addNumber(Number.isSafeInteger(Number(exact)) ? Number(exact) : exact);
      }
      if (NUMBER.test(text)) return this.#addNumber(Number.isInteger(Number(text)) ? Number.MIN_VALUE : Number(text));
    }
    this.#kinds.add('a text');
    this.texts = joinText(this.texts, textKind(text));
  }

  #addList(values: readonly unknown[], depth: number): void {
    this.#kinds.add('a list');
    for (const value of values) (this.items ??= new Evidence(this.#from)).add(value, depth + 1);
  }

  #addObject(value: object, depth: number): void {
    this.#kinds.add('an object');
    this.objects++;
    for (const [name, field] of Object.entries(value)) this.#field(name).add(field, depth + 1);
  }

  #field(name: string): Evidence {
    const before = this.fields.get(name);
    if (before !== undefined) return before;
    if (this.fields.size >= MAX_SCHEMA_NODES) {
      throw new SchemaError('TOO_LARGE', '', `An object of the sample has more than ${MAX_SCHEMA_NODES} keys.`);
    }
    const field = new Evidence(this.#from);
    this.fields.set(name, field);
    return field;
  }

  #widen(to: 'int' | 'long' | 'double'): void {
    if (to === 'double' || (to === 'long' && this.#number === 'int')) this.#number = to;
  }
}
