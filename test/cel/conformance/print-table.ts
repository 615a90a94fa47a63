import { writeFileSync } from 'node:fs';
import { backEnds } from './back-ends.ts';
import { pagePath, renderPage } from './render-page.ts';
import { readExceptions, reasonsOf, runSuite } from './run-suite.ts';

// Prints what fails and the table, and writes the page. With names of suites: only what fails there, with the reason.
const only = process.argv.slice(2);
const reasons = reasonsOf(readExceptions());
for (const [name, backEnd] of Object.entries(backEnds)) {
  for (const { id, suite, expr, problem } of runSuite(backEnd)) {
    const isWanted =
      only.length === 0 ? (problem === null) === reasons.has(id) : only.includes(suite) && problem !== null;
    if (isWanted) console.log(`${name}: ${id}: ${expr}\n  ${problem ?? 'passes, but is listed as an exception'}`);
  }
}
if (only.length === 0) {
  const page = await renderPage();
  console.log(
    page
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .join('\n'),
  );
  writeFileSync(pagePath, page);
}
