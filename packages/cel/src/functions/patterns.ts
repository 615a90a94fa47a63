import { CelError } from '../cel-error.ts';
import { compilePattern, type CompiledPattern } from '../pattern/compile-pattern.ts';
import { PatternCache } from '../pattern/pattern-cache.ts';
import { replaceMatches, templateOf } from '../pattern/replace-matches.ts';
import { BOOL, INT, STRING, listOf, optionalOf } from '../types/cel-type.ts';
import type { Integer } from '../values/integer.ts';
import { spend } from '../values/meter.ts';
import { Optional } from '../values/optional.ts';
import { call, method, type Implementation, type KnownArgument, type Overload } from './overload.ts';

const computed = new PatternCache();

type Run = (pattern: CompiledPattern, text: string, ...rest: never[]) => unknown;

/** Lists the functions that take a pattern. A literal one is compiled once, a computed one is looked for among the latest. */
export const patternFunctions: readonly Overload[] = [
  call('matches', { params: [STRING, STRING], result: BOOL, ...withPattern(test) }),
  method('matches', { params: [STRING, STRING], result: BOOL, ...withPattern(test) }),
  call('regex.extract', {
    params: [STRING, STRING],
    result: optionalOf(STRING),
    ...withPattern(extract, atMostOneGroup),
  }),
  call('regex.extractAll', {
    params: [STRING, STRING],
    result: listOf(STRING),
    ...withPattern(extractAll, atMostOneGroup),
  }),
  call('regex.replace', { params: [STRING, STRING, STRING], result: STRING, ...withPattern(replace) }),
  call('regex.replace', { params: [STRING, STRING, STRING, INT], result: STRING, ...withPattern(replace) }),
];

function withPattern(
  run: Run,
  check: (pattern: CompiledPattern) => void = () => {},
): { evaluate: (...values: never[]) => unknown; specialise: (args: readonly KnownArgument[]) => Implementation } {
  const evaluate = (text: string, source: string, ...rest: never[]): unknown => {
    const pattern = computed.get(source);
    check(pattern);
    return run(pattern, text, ...rest);
  };
  const specialise = ([, source]: readonly KnownArgument[]): Implementation => {
    if (typeof source?.constant !== 'string') return evaluate as Implementation;
    const pattern = compilePattern(source.constant);
    check(pattern);
    return (text, _, ...rest) => run(pattern, text as string, ...(rest as never[]));
  };
  return { evaluate, specialise };
}

function test(pattern: CompiledPattern, text: string): boolean {
  spend(text.length);
  return pattern.test(text);
}

function atMostOneGroup({ groups }: CompiledPattern): void {
  if (groups > 1) throw new CelError('INVALID_PATTERN', 'the pattern has more than one group.');
}

function extract(pattern: CompiledPattern, text: string): Optional {
  const [found] = extracts(pattern, text);
  return found === undefined || found === '' ? Optional.none : Optional.of(found);
}

function extractAll(pattern: CompiledPattern, text: string): string[] {
  return [...extracts(pattern, text)].filter((found) => found !== '');
}

// The group where there is one, else the whole match. What a group leaves empty is nothing.
function* extracts(pattern: CompiledPattern, text: string): Generator<string, void, undefined> {
  spend(text.length);
  if (!pattern.test(text)) return;
  const slot = 2 * pattern.groups;
  for (const match of pattern.matches(text)) yield match[slot]! < 0 ? '' : text.slice(match[slot], match[slot + 1]);
}

function replace(pattern: CompiledPattern, text: string, by: string, limit: Integer = -1): string {
  spend(text.length);
  const template = templateOf(by, pattern.groups);
  return limit === 0 || !pattern.test(text) ? text : replaceMatches(pattern, text, template, Number(limit));
}
