// Adds up the reports of .ci/run and prints the closing line; a suite that was skipped, in part or whole, fails.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.argv[2];
let passed = 0;
const failures = [];
for (const file of readdirSync(folder).filter((name) => name.endsWith('.exit'))) {
  const name = file.slice(0, -'.exit'.length);
  const exit = Number(readFileSync(path.join(folder, file), 'utf8'));
  let report = null;
  try {
    report = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
  } catch {
    // A check has no report of its own; a suite that left none has died, which its exit code says.
  }
  if (report === null) {
    if (exit === 0) passed++;
    else failures.push(`${name}: exit ${exit}`);
    continue;
  }
  passed += report.numPassedTests;
  const skipped = report.numPendingTests + report.numTodoTests;
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) if (test.status === 'failed') failures.push(`${name}: ${test.fullName}`);
    if (suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'))
      failures.push(`${name}: ${path.basename(suite.name)} did not run`);
  }
  if (skipped > 0) failures.push(`${name}: ${skipped} tests were skipped`);
  if (report.numTotalTests === 0) failures.push(`${name}: no test ran`);
  if (exit !== 0 && !failures.some((failure) => failure.startsWith(`${name}:`))) failures.push(`${name}: exit ${exit}`);
}
for (const failure of failures) console.log(`failed  ${failure}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
