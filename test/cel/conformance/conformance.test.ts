import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { backEnds } from './back-ends.ts';
import { readCases } from './read-cases.ts';
import { pagePath, renderPage } from './render-page.ts';
import { readExceptions, reasonsOf, runSuite } from './run-suite.ts';

const exceptions = readExceptions();
const reasons = reasonsOf(exceptions);

describe.each(Object.entries(backEnds))('the suite of CEL’s specification through %s', (_, backEnd) => {
  const outcomes = runSuite(backEnd);

  it('passes but for the exceptions', () => {
    const failed = outcomes.filter(({ id, problem }) => problem !== null && !reasons.has(id));
    expect(failed.map(({ id, expr, problem }) => `${id}: ${expr}: ${problem}`)).toEqual([]);
  });

  it('fails where an exception is listed', () => {
    const passed = outcomes.filter(({ id, problem }) => problem === null && reasons.has(id));
    expect(passed.map(({ id }) => id)).toEqual([]);
  });
});

describe('the exceptions', () => {
  it('name suites and tests that exist, each once', () => {
    const cases = readCases();
    const ids = new Set(cases.map(({ id }) => id));
    const suites = new Set(cases.map(({ suite }) => suite));
    const listed = Object.values(exceptions.tests).flat();
    expect(listed.filter((id) => !ids.has(id))).toEqual([]);
    expect(listed.length).toBe(new Set(listed).size);
    expect(Object.keys(exceptions.suites).filter((suite) => !suites.has(suite))).toEqual([]);
  });

  it('stand in docs/cel-conformance.md with the table, which pnpm test:cel writes', async () => {
    expect(readFileSync(pagePath, 'utf8')).toBe(await renderPage());
  });
});
