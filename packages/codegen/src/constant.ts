import { identifierFrom } from './name.ts';

/** Stands for a value that exists before the code runs and is handed to it as a parameter. */
export class Constant {
  readonly value: unknown;
  /** What its name in the text begins with. */
  readonly hint: string;

  constructor(value: unknown, hint: string) {
    this.value = value;
    this.hint = identifierFrom(hint);
  }
}

/** Hoists a value: a function, a table, a pattern. The same value is handed over once, however often it is used. */
export function constant(value: unknown, hint = typeof value === 'function' ? value.name : 'constant'): Constant {
  return new Constant(value, hint);
}
