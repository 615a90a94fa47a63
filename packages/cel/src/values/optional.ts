/** Holds the value of an optional, or nothing: `optional.of(x)`, `optional.none()`, `a.?b`. */
export class Optional {
  /** The one that holds nothing. */
  static readonly none = new Optional(undefined, false);

  readonly value: unknown;
  readonly hasValue: boolean;

  private constructor(value: unknown, hasValue: boolean) {
    this.value = value;
    this.hasValue = hasValue;
  }

  /** Makes an optional that holds a value. */
  static of(value: unknown): Optional {
    return new Optional(value, true);
  }
}
