import { compilePattern } from '../pattern/compile-pattern.ts';
import { PatternCache } from '../pattern/pattern-cache.ts';
import { BOOL, STRING } from '../types/cel-type.ts';
import { call, method, type Implementation, type KnownArgument, type Overload } from './overload.ts';

const computed = new PatternCache();

const matches = {
  params: [STRING, STRING],
  result: BOOL,
  evaluate: (text: string, pattern: string) => computed.get(pattern).test(text),
  specialise: specialiseMatches,
};

/** Lists the functions that take a pattern. A literal one is compiled once, a computed one is looked for among the latest. */
export const patternFunctions: readonly Overload[] = [call('matches', matches), method('matches', matches)];

function specialiseMatches([, pattern]: readonly KnownArgument[]): Implementation {
  if (typeof pattern?.constant !== 'string') return matches.evaluate as Implementation;
  const compiled = compilePattern(pattern.constant);
  return (text) => compiled.test(text as string);
}
