/** Reports that an expression failed at run time, and where in its text. Never carries values of a record. */
export class CelError extends Error {
  readonly code: string;
  start: number;
  end: number;

  constructor(code: string, message: string, start = -1, end = -1) {
    super(message);
    this.name = 'CelError';
    this.code = code;
    this.start = start;
    this.end = end;
  }
}

/** Gives an error of the evaluation its place in the text, unless a node further in has done so. */
export function placed(error: unknown, place: { readonly start: number; readonly end: number }): unknown {
  if (error instanceof CelError && error.start < 0) {
    error.start = place.start;
    error.end = place.end;
  }
  return error;
}

/** Tells whether an evaluation ended because it cost too much: `&&`, `||` and macros do not absorb that. */
export function isLimit(error: CelError): boolean {
  return error.code === 'STEP_LIMIT' || error.code === 'COST_LIMIT';
}
