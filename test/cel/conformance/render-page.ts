import { format, resolveConfig } from 'prettier';
import { backEnds } from './back-ends.ts';
import { readExceptions, reasonsOf, runSuite, type Outcome } from './run-suite.ts';

/** Where the page stands. */
export const pagePath = new URL('../../../docs/cel-conformance.md', import.meta.url).pathname;

/** Runs the suite through all back ends and prints how it went, as docs/cel-conformance.md shows it. */
export async function renderPage(): Promise<string> {
  const names = Object.keys(backEnds);
  const results = names.map((name) => runSuite(backEnds[name]!));
  const exceptions = readExceptions();
  const reasons = reasonsOf(exceptions);
  const suites = [...new Set(results[0]!.map(({ suite }) => suite))];
  const lines = [
    '# Conformance of expressions',
    '',
    'The suite of CEL’s specification, as `@bufbuild/cel-spec` ships it, through the checker and each back end: values with their types, and errors. `pnpm test:cel` writes this page; a test holds it to the truth, and the list of exceptions (`test/cel/conformance/exceptions.json`) too: one that passes fails the test.',
    '',
    `| suite | tests | ${names.join(' | ')} | exceptions |`,
    `| --- | --: | ${names.map(() => '--:').join(' | ')} | --: |`,
    ...suites.map((suite) => row(suite, results, reasons)),
    '',
    '## Suites that are not asked for',
    '',
    ...Object.entries(exceptions.suites).map(([suite, reason]) => `- \`${suite}\`: ${reason}`),
    '',
    '## Exceptions',
    '',
    ...Object.entries(exceptions.tests).flatMap(([reason, ids]) => [
      `### ${reason}`,
      '',
      ...ids.map((id) => `- \`${id}\``),
      '',
    ]),
  ];
  return format(lines.join('\n'), { ...(await resolveConfig(pagePath)), parser: 'markdown' });
}

function row(suite: string, results: readonly (readonly Outcome[])[], reasons: ReadonlyMap<string, string>): string {
  const own = results.map((outcomes) => outcomes.filter((outcome) => outcome.suite === suite));
  const passed = own.map((outcomes) => outcomes.filter(({ problem }) => problem === null).length);
  const excepted = own[0]!.filter(({ id }) => reasons.has(id)).length;
  return `| ${suite} | ${own[0]!.length} | ${passed.join(' | ')} | ${excepted} |`;
}
