import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import type { Case, SpecTest } from './case.ts';

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: object }[];
}

/** Reads the conformance suite of CEL's specification, as `@bufbuild/cel-spec` ships it. */
export function readCases(): readonly Case[] {
  const cases: Case[] = [];
  const seen = new Map<string, number>();
  const walk = (suite: Suite, path: readonly string[]): void => {
    for (const inner of suite.suites ?? []) walk(inner, [...path, inner.name]);
    for (const { original } of suite.tests ?? []) {
      const test = original as SpecTest;
      const id = [...path, test.name].join('/');
      const count = (seen.get(id) ?? 0) + 1;
      seen.set(id, count);
      cases.push({ suite: path[0] ?? '', id: count === 1 ? id : `${id}#${count}`, test });
    }
  };
  walk(tests, []);
  return cases;
}
