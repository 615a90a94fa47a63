import { readdirSync } from 'node:fs';
import path from 'node:path';
import { checkCase, readCases } from './check-case.ts';

/** Runs every case of the `*.json` files of a folder, prints a table, and exits 1 where one fails. */
function runFolder(folder: string): void {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort();
  if (files.length === 0) fail(`There are no cases (*.json) in ${folder}.`);
  const rows = files.map((file) => ({ file, ...runFile(path.join(folder, file)) }));
  const width = Math.max(5, ...rows.map(({ file }) => file.length));
  const line = (...cells: (string | number)[]): string =>
    cells.map((cell, index) => (index === 0 ? String(cell).padEnd(width) : String(cell).padStart(6))).join('  ');
  console.log(line('file', 'cases', 'passed', 'failed'));
  for (const { file, passed, failures } of rows) {
    console.log(line(file, passed + failures.length, passed, failures.length));
  }
  const passed = rows.reduce((sum, row) => sum + row.passed, 0);
  const failed = rows.reduce((sum, row) => sum + row.failures.length, 0);
  console.log(line('total', passed + failed, passed, failed));
  for (const { file, failures } of rows) for (const failure of failures) console.log(`\n${file}: ${failure}`);
  if (failed > 0) process.exitCode = 1;
}

function runFile(file: string): { passed: number; failures: string[] } {
  const failures: string[] = [];
  let passed = 0;
  for (const golden of readCases(file)) {
    try {
      checkCase(golden);
      passed++;
    } catch (error) {
      failures.push(`${golden.name}: ${(error as Error).message}`);
    }
  }
  return { passed, failures };
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

const [folder] = process.argv.slice(2);
if (folder === undefined) fail('Usage: pnpm test:avro <folder of golden cases>');
runFolder(path.resolve(folder));
