import { tests as checking } from '@bufbuild/cel-spec/testdata/checking.js';
import { tests as conformance } from '@bufbuild/cel-spec/testdata/conformance.js';
import { describe, expect, it } from 'vitest';
import { check, formatType, type CelType } from '@headrace/cel';
import type { SpecTest } from './conformance/case.ts';
import { NotHere, typeOf } from './conformance/types.ts';

interface Suite {
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: object; readonly type?: string }[];
}

/** An expression that both checkers take, with the type that cel-go gives it. */
interface Typed {
  readonly test: SpecTest;
  readonly type: string;
}

function typedOf(suite: Suite): Typed[] {
  const own = (suite.tests ?? []).flatMap(({ original, type }) =>
    type === undefined ? [] : [{ test: original as SpecTest, type }],
  );
  return [...(suite.suites ?? []).flatMap(typedOf), ...own].filter(({ test }) => test.disableCheck !== true);
}

// The types of other names, and of what the suite's own environment declares, are not here.
function ownType({ expr, typeEnv = [], container = '' }: SpecTest): string | null {
  const variables = new Map<string, CelType>();
  try {
    for (const { name, ident } of typeEnv) if (ident !== undefined) variables.set(name, typeOf(ident.type));
  } catch (error) {
    if (error instanceof NotHere) return null;
    throw error;
  }
  const { checked } = check(expr, { variables, container });
  return checked === null ? null : formatType(checked.type);
}

// One type of all types is enough; an optional has a shorter name.
function renamed(type: string): string {
  return type.startsWith('type(') ? 'type' : type.replaceAll('optional_type', 'optional');
}

const exceptions: ReadonlyMap<string, string> = new Map([
  ['[].map(n, n / 2)', 'list(dyn)'], // an unknown element may be a number of JSON, which divides as a double
  ['[].filter(n, n % 2 == 0)', 'list(dyn)'], // no inference backwards from the use of a name
  ["optional.of({'c': {}}).c.missing.or(optional.none()[0]).orValue('default value')", 'dyn'],
  ['[{}.map(c,c,c)]+[{}.map(c,c,c)]', 'list(list(dyn))'],
  ['{}.map(c,[c,type(c)])', 'list(list(type))'],
  ['[optional.of(1), null][0]', 'optional(int)?'], // FORMAT 2: null joins every type
]);

describe('the types of expressions, with the vectors of cel-go', () => {
  it('are those that cel-go infers, but for the exceptions', () => {
    const compared = [conformance, checking]
      .flatMap((suite) => typedOf(suite as Suite))
      .map(({ test, type }) => ({ expr: test.expr, given: ownType(test), expected: renamed(type) }))
      .filter(({ given }) => given !== null);
    expect(compared.length).toBeGreaterThan(1200);
    const different = compared.filter(({ given, expected }) => given !== expected);
    expect(new Map(different.map(({ expr, given }) => [expr, given]))).toEqual(exceptions);
  });
});
