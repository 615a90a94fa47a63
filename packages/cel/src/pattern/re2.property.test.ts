import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { CelError } from '../cel-error.ts';
import { compilePattern } from './compile-pattern.ts';

// Another implementation of RE2, with groups.
const atom = fc.constantFrom(
  'a', 'b', 'K', 'ſ', '.', '[ab]', '[^a]', '[a-c\\d]', '[[:upper:]]', '[^[:^word:]]', '\\w', '\\S', '\\D', '\\b', '\\B',
  '^', '$', '\\A', '\\z', '-', '\\x41', '\\x{1F600}', '\\pL', '\\p{Lu}', '\\P{Greek}', '[\\p{Greek}a]', '\\Qa.\\E', 'é', '😀',
  '\\n', '\\101', ' ', '(?i:k)', '(?s:.)', '(?m:^)', '(?m:$)', '[^\\n]', '(?i)', '(?U)', '[k-s]', '(?i:[^k])', '[α-ω]',
); // prettier-ignore
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}${b}`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie('pattern'), fc.constantFrom('(', '(?:', '(?P<n>')).map(([a, open]) => `${open}${a})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,1}', '{2,}', '*?', '+?', '??', '{1,}?'))
      .map(([a, b]) => `(?:${a})${b}`),
  ),
}));
const text = fc
  .array(fc.constantFrom('a', 'b', 'c', 'A', 'k', 'K', 'K', 's', 'ſ', '-', '\n', ' ', '1', '_', 'é', 'É', 'α', 'Ω', '😀'), { maxLength: 10 })
  .map((parts) => parts.join('')); // prettier-ignore

function compileTheirs(source: string): RE2JS | null {
  try {
    return RE2JS.compile(source);
  } catch {
    return null;
  }
}

function compileOurs(source: string): ReturnType<typeof compilePattern> | null {
  try {
    return compilePattern(source);
  } catch (error) {
    if (error instanceof CelError && error.code === 'INVALID_PATTERN') return null;
    throw error;
  }
}

describe('patterns beside another RE2', () => {
  it('are refused by both or by none', () => {
    const rough = fc
      .array(fc.constantFrom(...Array.from('ab\\[](){}*+?^$|.-:,1029QEpLdzxPi<>=')), { maxLength: 9 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(rough, pattern), (source) => {
        expect([source, compileOurs(source) !== null]).toEqual([source, compileTheirs(source) !== null]);
      }),
      { numRuns: 2000 },
    );
  });

  it('match the same texts', () => {
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        const theirs = compileTheirs(source);
        fc.pre(theirs !== null);
        expect(compilePattern(source).test(subject)).toBe(theirs.matcher(subject).find());
      }),
      { numRuns: 2000 },
    );
  });

  it('find the same first match and the same groups', () => {
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        const theirs = compileTheirs(source);
        fc.pre(theirs !== null);
        const matcher = theirs.matcher(subject);
        const expected: number[] = [];
        if (matcher.find())
          for (let i = 0; i <= matcher.groupCount(); i++) expected.push(matcher.start(i), matcher.end(i));
        const [first] = compilePattern(source).matches(subject);
        expect(Array.from(first ?? [])).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
