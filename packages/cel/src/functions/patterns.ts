import { CelError } from '../cel-error.ts';
import { compilePattern } from '../pattern/compile-pattern.ts';
import { BOOL, STRING } from '../types/cel-type.ts';
import { call, method, type Implementation, type KnownArgument, type Overload } from './overload.ts';

const matches = { params: [STRING, STRING], result: BOOL, evaluate: refuse, specialise };

/** Lists the functions that take a pattern. It must be a literal: it is compiled once. */
export const patternFunctions: readonly Overload[] = [call('matches', matches), method('matches', matches)];

function specialise([, pattern]: readonly KnownArgument[]): Implementation {
  if (typeof pattern?.constant !== 'string') refuse();
  const test = compilePattern(pattern.constant);
  return (text) => test(text as string);
}

function refuse(): never {
  throw new CelError('PATTERN_NOT_LITERAL', 'the pattern of "matches" must be a literal.');
}
