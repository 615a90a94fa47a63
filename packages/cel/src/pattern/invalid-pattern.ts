import { CelError } from '../cel-error.ts';

/** Makes the error of a pattern that cannot be read. */
export function invalidPattern(why: string): CelError {
  return new CelError('INVALID_PATTERN', `the pattern is not valid: ${why}.`);
}
