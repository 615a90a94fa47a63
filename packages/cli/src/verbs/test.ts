import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatFinding, HeadraceError, replaceInText, type Registry } from '@headrace/core';
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

interface Counts {
  passed: number;
  failed: number;
  updated: number;
  code: number;
}

async function run(files: readonly string[], options: TestOptions): Promise<number> {
  const registry = commandRegistry();
  const counts: Counts = { passed: 0, failed: 0, updated: 0, code: exitCodes.done };
  for (const file of files) await runFile(file, options, registry, counts);
  const { passed, failed, updated, code } = counts;
  if (options.filter !== undefined && passed + failed + updated === 0 && code === exitCodes.done)
    throw new HeadraceError('NO_SUCH_CASE', `No case has "${options.filter}" in its name.`);
  const written = updated > 0 ? `, ${String(updated)} updated` : '';
  process.stdout.write(`${String(passed)} passed, ${String(failed)} failed${written}.\n`);
  return failed > 0 ? Math.max(code, exitCodes.failed) : code;
}

async function runFile(file: string, options: TestOptions, registry: Registry, counts: Counts): Promise<void> {
  const { runTestFile } = await import('@headrace/testing');
  const { filter, update = false } = options;
  const changes: ReportedCase['changes'][] = [];
  process.stdout.write(`${file}\n`);
  const given = { registry, modules: typescriptLoader, update, ...(filter !== undefined && { filter }) };
  for await (const report of runTestFile(file, given)) {
    if ('invalid' in report) {
      process.stdout.write(`${report.invalid.map((finding) => formatFinding(finding)).join('\n\n')}\n`);
      counts.code = Math.max(counts.code, exitCodes.wrongInput);
      continue;
    }
    if (update) changes.push(report.ended.changes);
    print(report.ended, update, counts);
  }
  if (changes.flat().length > 0) writeFileSync(file, replaceInText(readFileSync(file, 'utf8'), changes.flat()));
}

/** Prints how a case ended. One that is mended by what is written into the file is told, but not with all that differed. */
function print({ name, findings, mended }: ReportedCase, update: boolean, counts: Counts): void {
  if (findings.length === 0) {
    counts.passed++;
    process.stdout.write(`  ok ${name}\n`);
  } else if (update && mended) {
    counts.updated++;
    process.stdout.write(`  updated ${name}\n`);
  } else {
    counts.failed++;
    const lines = findings.map((finding) => formatFinding(finding)).join('\n');
    process.stdout.write(`  FAILED ${name}\n${lines.replaceAll(/^/gm, '    ')}\n`);
  }
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
