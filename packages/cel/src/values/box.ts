import type { Integer } from './integer.ts';

/**
 * Values of type `dyn` say themselves what they are. Most JavaScript values do; these boxes stand for the rest:
 * an int is a bigint, a plain number comes from outside (JSON) and is an int or a double by the occasion,
 * a uint, a double, a timestamp and a duration that the expression itself made are boxed.
 * Boxes are made where a static type becomes `dyn` (nodes of kind `widen`) and taken off at the border of the expression.
 */
export type Box = UintBox | DoubleBox | TimestampBox | DurationBox;

/** Holds a uint among values of type `dyn`. */
export class UintBox {
  readonly value: Integer;

  constructor(value: Integer) {
    this.value = value;
  }
}

/** Holds a double among values of type `dyn`. */
export class DoubleBox {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Holds a timestamp, in milliseconds since the epoch, among values of type `dyn`. */
export class TimestampBox {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Holds a duration, in milliseconds, among values of type `dyn`. */
export class DurationBox {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Tells whether a value is a box. */
export function isBox(value: unknown): value is Box {
  return (
    value instanceof DoubleBox ||
    value instanceof UintBox ||
    value instanceof TimestampBox ||
    value instanceof DurationBox
  );
}

/** Takes the box off a value; values inside lists and maps keep theirs. */
export function unbox(value: unknown): unknown {
  return typeof value === 'object' && isBox(value) ? value.value : value;
}

/** Takes the box off a number, to be an index or a key; a time is none and keeps its box. */
export function unboxNumber(value: unknown): unknown {
  return value instanceof DoubleBox || value instanceof UintBox ? value.value : value;
}
