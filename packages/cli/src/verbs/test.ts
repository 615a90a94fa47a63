import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatFinding, HeadraceError, replaceInText } from '@headrace/core';
import type { ReportedCase } from '@headrace/testing';
import { exitCodes } from '../exit-codes.ts';
import { typescriptLoader } from '../modules/typescript-loader.ts';
import { commandRegistry } from '../read-topology.ts';
import { reportError } from '../report-error.ts';

/** The options of `test`. */
export interface TestOptions {
  readonly filter?: string;
  readonly update?: boolean;
}

/** Runs `*.test.json` files, and those in folders; returns the exit code: 1 where a case fails, 2 where a file or topology is wrong. */
export async function runTests(paths: readonly string[], options: TestOptions): Promise<number> {
  try {
    const files = paths.flatMap((name) => testFiles(name));
    if (files.length === 0)
      throw new HeadraceError(
        'FILE_NOT_FOUND',
        `There is no "*.test.json" in ${paths.map((name) => `"${name}"`).join(', ')}.`,
      );
    return await run(files, options);
  } catch (error) {
    return reportError(error);
  }
}

async function run(files: readonly string[], { filter, update = false }: TestOptions): Promise<number> {
  const { runTestFile } = await import('@headrace/testing');
  const registry = commandRegistry();
  const counts = { passed: 0, failed: 0, updated: 0 };
  let code: number = exitCodes.done;
  for (const file of files) {
    process.stdout.write(`${file}\n`);
    const cases: ReportedCase[] = [];
    const reports = runTestFile(file, { registry, modules: typescriptLoader, ...(filter !== undefined && { filter }) });
    for await (const report of reports) {
      if ('invalid' in report) {
        process.stdout.write(`${report.invalid.map((finding) => formatFinding(finding)).join('\n\n')}\n`);
        code = Math.max(code, exitCodes.wrongInput);
        continue;
      }
      cases.push(report.ended);
      print(report.ended, counts);
    }
    if (update) counts.updated += updateFile(file, cases);
  }
  const { passed, failed, updated } = counts;
  const changed = updated > 0 ? `, ${String(updated)} expectations written` : '';
  process.stdout.write(`${String(passed)} passed, ${String(failed)} failed${changed}.\n`);
  return failed > 0 && !update ? Math.max(code, exitCodes.failed) : code;
}

function print({ name, findings }: ReportedCase, counts: { passed: number; failed: number }): void {
  if (findings.length === 0) {
    counts.passed++;
    process.stdout.write(`  ok ${name}\n`);
    return;
  }
  counts.failed++;
  const lines = findings.map((finding) => formatFinding(finding)).join('\n');
  process.stdout.write(`  FAILED ${name}\n${lines.replaceAll(/^/gm, '    ')}\n`);
}

/** Writes what came where records were expected and others came; special objects such as `$any` stay where they hold. */
function updateFile(file: string, cases: readonly ReportedCase[]): number {
  const failed = cases.filter(({ findings }) => findings.length > 0);
  const changes = failed.flatMap(({ failures, seen }) =>
    seen
      .filter(({ at }) =>
        failures.some((failure) => failure.code === 'EXPECTATION_FAILED' && at.join().startsWith(failure.at.join())),
      )
      .map(({ at, records }) => ({
        at: [...at, 'records'],
        value: records.map(({ key, value }) => ({ ...(key !== null && { key }), value })),
      })),
  );
  if (changes.length === 0) return 0;
  writeFileSync(file, replaceInText(readFileSync(file, 'utf8'), changes));
  return changes.length;
}

const skipped = new Set(['node_modules', '.headrace', '.git']);

function testFiles(name: string): string[] {
  let folder: boolean;
  try {
    folder = statSync(name).isDirectory();
  } catch (cause) {
    throw new HeadraceError('FILE_NOT_FOUND', `"${name}" cannot be read: ${(cause as Error).message}.`, { cause });
  }
  if (!folder) return [name];
  return readdirSync(name, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = path.join(name, entry.name);
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : testFiles(inner);
      return entry.name.endsWith('.test.json') ? [inner] : [];
    });
}
