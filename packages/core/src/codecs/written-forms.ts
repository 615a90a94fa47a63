import type { Encoding } from '../component/encoding.ts';

/**
 * Numbers the forms that records of one encoding were written in, such as the schemas of Avro files or the columns of CSV files: the
 * number travels with a record as the id of a schema does, and its decoder finds the form by it. Numbers hold within this process.
 */
export class WrittenForms<F> {
  readonly #known = new WeakMap<Encoding, { readonly numbers: Map<string, number>; readonly forms: F[] }>();

  /** Returns the number of a form, which is made where the key is new; what making it throws is thrown. */
  numberOf(encoding: Encoding, key: string, make: () => F): number {
    let known = this.#known.get(encoding);
    if (known === undefined) this.#known.set(encoding, (known = { numbers: new Map(), forms: [] }));
    let number = known.numbers.get(key);
    if (number === undefined) {
      number = known.forms.push(make()) - 1;
      known.numbers.set(key, number);
    }
    return number;
  }

  /** Returns the form that a number was given for; undefined for the encoding's own, -1. */
  at(encoding: Encoding, number: number): F | undefined {
    return this.#known.get(encoding)?.forms[number];
  }
}
