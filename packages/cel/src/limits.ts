/** Limits what one expression may cost; an expression comes from a file that anyone may have written. */
export const limits = {
  /** UTF-16 units of the source. */
  length: 10_000,
  /** Nodes of the tree. */
  nodes: 5_000,
  /** Levels of the tree; every walk over it is recursive. */
  depth: 250,
  /** Macros inside macros: the cost is the product of the lengths of their lists. */
  macroDepth: 3,
  /** Rounds of all macros together in one evaluation. */
  rounds: 1_000_000,
  /** Units of text, bytes and elements that one evaluation may build or look through, all together. */
  cost: 200_000_000,
  /** UTF-16 units of a string, bytes of a byte string and elements of a list that an expression may build. */
  built: 16_000_000,
  /** Levels of a value that is compared. */
  valueDepth: 200,
  /** Digits of a decimal. */
  decimalDigits: 1_000,
  /** UTF-16 units of a pattern. */
  patternLength: 10_000,
  /** Instructions of a compiled pattern. */
  pattern: 2_000,
  /** Transitions that the automaton of one pattern keeps. */
  patternTransitions: 100_000,
  /** Steps of one search for all matches of a pattern. */
  patternSteps: 5_000_000,
  /** Size of all patterns together that are kept because an expression computed them. */
  patternCache: 20_000,
} as const;
