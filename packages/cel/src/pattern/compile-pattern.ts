import { Automaton } from './automaton.ts';
import { Matcher, type Match } from './matcher.ts';
import { parsePattern } from './parse-pattern.ts';
import { programOf } from './program.ts';

/** Holds a pattern that is ready to be searched for. */
export interface CompiledPattern {
  /** How many groups the pattern has. */
  readonly groups: number;
  /** The numbers of the groups that have a name. */
  readonly names: ReadonlyMap<string, number>;
  /** Says what it costs to keep. */
  readonly size: number;
  /** Tells whether the text has a match, in time linear in the text. */
  test(text: string): boolean;
  /** Finds the matches from the left that do not overlap. */
  matches(text: string): Iterable<Match>;
}

/** Compiles a pattern in the syntax of RE2. Throws a `CelError` with the code `INVALID_PATTERN`. */
export function compilePattern(pattern: string): CompiledPattern {
  const parsed = parsePattern(pattern);
  const program = programOf(parsed);
  const automaton = new Automaton(program);
  const matcher = new Matcher(program);
  return {
    groups: program.groups,
    names: parsed.names,
    size: program.instructions.length + pattern.length + 100,
    test: (text) => automaton.test(text),
    matches: (text) => matcher.all(text),
  };
}
