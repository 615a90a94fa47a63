import { relative } from 'node:path';
import { reasonOf } from './exceptions.ts';

/** What of jest's report is read. */
export interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    /** Why the file could not be run, or what failed in it. */
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Writes a table of files and the list of tests that failed, each with its reason; counts those that have none. */
export function reportOf(
  { testResults }: JestReport,
  folder: string,
): { readonly text: string; readonly unexpected: number } {
  const rows: string[] = [];
  const failures: string[] = [];
  const total = { passed: 0, failed: 0, skipped: 0 };
  let unexpected = 0;
  for (const { name, message, assertionResults } of [...testResults].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = relative(folder, name);
    const count = (status: string): number => assertionResults.filter((test) => test.status === status).length;
    const passed = count('passed');
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const broken =
      assertionResults.length === 0 ? [{ fullName: `cannot be run: ${message.split('\n')[0] ?? ''}` }] : [];
    for (const { fullName } of [...failed, ...broken]) {
      const reason = reasonOf(file, fullName);
      if (reason === null) unexpected++;
      failures.push(`- \`${file}\`: ${fullName}${reason === null ? ' — **not expected**' : ` — ${reason}`}`);
    }
    total.passed += passed;
    total.failed += failed.length + broken.length;
    total.skipped += assertionResults.length - passed - failed.length;
    rows.push(`| \`${file}\` | ${passed} | ${failed.length + broken.length} |`);
  }
  const sum = `${total.passed} passed, ${total.failed} failed (${unexpected} not expected), ${total.skipped} skipped`;
  const table = ['| file | passed | failed |', '| --- | --- | --- |', ...rows].join('\n');
  return { text: `${sum}\n\n${table}\n\n${failures.join('\n')}`, unexpected };
}
