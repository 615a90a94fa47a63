import { tests as checking } from '@bufbuild/cel-spec/testdata/checking.js';
import { tests as comprehensions } from '@bufbuild/cel-spec/testdata/comprehension.js';
import { tests as conformance } from '@bufbuild/cel-spec/testdata/conformance.js';
import { tests as parsing } from '@bufbuild/cel-spec/testdata/parsing.js';
import { describe, expect, it } from 'vitest';
import { parse } from '@headrace/cel';
import { printTree } from './print-tree.ts';

interface Suite {
  readonly suites?: readonly Suite[];
  readonly tests?: readonly Vector[];
}

/** An expression, the tree that cel-go made of it, or what it said. */
interface Vector {
  readonly original: { readonly expr: string };
  readonly ast?: string;
  readonly error?: string;
}

function vectorsOf(suite: Suite): Vector[] {
  return [...(suite.suites ?? []).flatMap(vectorsOf), ...(suite.tests ?? [])];
}

const vectors = [parsing, checking, comprehensions, conformance].flatMap((suite) => vectorsOf(suite as Suite));
const valid = vectors.filter(({ ast }) => ast !== undefined);

// Where cel-go refuses for another reason than the grammar, with the words it uses.
const elsewhere = [
  /unsupported syntax/, // optionals and back-ticks were switched off
  /recursion (?:depth|limit) exceeded/, // 32 levels there, 250 here
  /invalid argument to has\(\) macro/, // a bare name may be asked for: FORMAT 2
  /iteration variable overwrites accumulator variable/, // there is none here
  /is not an identifier|must be a simple name/, // the checker says so
];
const lenient = new Set(['self.true == 1', '`b-c`']); // fields of JSON have such names

// cel-go folds signs that stand in pairs.
const folded = [`${'!'.repeat(32)}true`, `${'-'.repeat(32)}19`];

const bare = (tree: string): string => tree.replace(/\^#[^#]*#/g, '').replace(/\s+/g, '');

describe('the parser, with the vectors of cel-go', () => {
  it('reads everything that cel-go reads', () => {
    expect(valid.length).toBeGreaterThan(2500);
    expect(valid.map(({ original }) => original.expr).filter((expr) => parse(expr).tree === null)).toEqual([]);
  });

  it('makes the same trees of all that has no macros', () => {
    // cel-go puts loops in the place of macros.
    const plain = valid.filter(({ ast }) => !/__comprehension__|~test-only~|optMap|optFlatMap/.test(ast!));
    expect(plain.length).toBeGreaterThan(2300);
    const different = plain.filter(({ original, ast }) => {
      const { tree } = parse(original.expr);
      return !folded.includes(original.expr) && (tree === null || bare(printTree(tree)) !== bare(ast!));
    });
    expect(different.map(({ original }) => original.expr)).toEqual([]);
  });

  it('refuses what cel-go refuses for its grammar', () => {
    const invalid = vectors.filter(
      ({ ast, error, original }) =>
        ast === undefined && !elsewhere.some((words) => words.test(error ?? '')) && !lenient.has(original.expr),
    );
    expect(invalid.length).toBeGreaterThan(40);
    expect(invalid.map(({ original }) => original.expr).filter((expr) => parse(expr).tree !== null)).toEqual([]);
  });

  it('places every fault inside of the text', () => {
    for (const { original } of vectors) {
      for (const { start, end } of parse(original.expr).issues) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(original.expr.length);
        expect(start).toBeLessThanOrEqual(end);
      }
    }
  });
});
