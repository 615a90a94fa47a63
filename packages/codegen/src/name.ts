/** Stands for an identifier that is given its text when the code is rendered, so that it clashes with no other. */
export class Name {
  /** What the identifier begins with. */
  readonly hint: string;

  constructor(hint: string) {
    this.hint = identifierFrom(hint);
  }
}

/** Makes a fresh name. The hint is for readers only: any text will do, and two names of one hint stay two names. */
export function name(hint: string): Name {
  return new Name(hint);
}

/** Makes an identifier of any text: what cannot stand in one becomes `_`. */
export function identifierFrom(hint: string): string {
  const plain = hint.slice(0, 40).replaceAll(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}
