import { WORD, has } from './code-point-set.ts';
import type { Assertion } from './parse-pattern.ts';

/** Says what the character before a place was; told apart only where an assertion asks. */
export const START = 0;
const WORD_BEFORE = 1;
const NEWLINE_BEFORE = 2;
export const OTHER_BEFORE = 3;

/** Stands for the character after the last one. */
export const END = -1;

/** Tells whether an assertion holds between what was before a place and the next character. */
export function holds(assertion: Assertion, before: number, code: number): boolean {
  switch (assertion) {
    case 'start':
      return before === START;
    case 'end':
      return code === END;
    case 'lineStart':
      return before === START || before === NEWLINE_BEFORE;
    case 'lineEnd':
      return code === END || code === 10;
    case 'boundary':
      return (before === WORD_BEFORE) !== has(WORD, code);
    case 'noBoundary':
      return (before === WORD_BEFORE) === has(WORD, code);
  }
}

/** Says what a character is to an assertion after it. */
export function kindBefore(code: number): number {
  if (has(WORD, code)) return WORD_BEFORE;
  return code === 10 ? NEWLINE_BEFORE : OTHER_BEFORE;
}
