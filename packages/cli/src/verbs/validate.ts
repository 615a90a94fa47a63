import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findingSentence, formatFinding, HeadraceError, type LocatedFinding, type Registry } from '@headrace/core';
import { checkForCluster, openedTopology } from '../deploy/open-topology.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ValidateOptions } from '../options.ts';
import { thrownAt } from '../modules/thrown-at.ts';
import { commandRegistry, readTopology } from '../read-topology.ts';
import { reportError } from '../report-error.ts';

/** Checks files and prints every finding; returns the exit code: 2 where a file may not run. */
export async function validateFiles(files: readonly string[], options: ValidateOptions): Promise<number> {
  const registry = commandRegistry();
  const findings: LocatedFinding[] = [];
  try {
    for (const file of files) findings.push(...(await findingsOf(file, registry, options)));
  } catch (error) {
    return reportError(error);
  }
  process.stdout.write(printed(findings, files, options.format));
  const refused = findings.some(
    ({ severity }) => severity === 'error' || (severity === 'warning' && options.denyWarnings === true),
  );
  return refused ? exitCodes.wrongInput : exitCodes.done;
}

const unreadable: ReadonlySet<string> = new Set(['FILE_NOT_FOUND', 'MODULE_NOT_LOADED']);

/** Checks one file; that it cannot be read is a finding like any other, so that those of the other files are shown. */
async function findingsOf(
  file: string,
  registry: Registry,
  options: ValidateOptions,
): Promise<readonly LocatedFinding[]> {
  const { set } = options;
  try {
    if (options.online === true) return await findingsOnline(file, options);
    const checked = await readTopology(file, registry, {
      purpose: 'validate',
      ...(set === undefined ? {} : { set }),
    });
    return checked.findings;
  } catch (error) {
    if (!(error instanceof HeadraceError) || !unreadable.has(error.code)) throw error;
    const { code, message } = error;
    const { line, column } = thrownAt(error.cause, path.resolve(file)) ?? { line: 1, column: 1 };
    const text = lineOf(file, line);
    const excerpt = { line, text, caret: Math.min(column - 1, text.length), length: 1 };
    return [{ code, severity: 'error', file, line, column, path: '', message, excerpt }];
  }
}

/** Checks one file as for a run, and its cluster where nothing is wrong with the file. */
async function findingsOnline(file: string, options: ValidateOptions): Promise<readonly LocatedFinding[]> {
  const { graph, findings, locate } = await checkForCluster(file, options);
  if (graph === null) return findings;
  const topology = openedTopology(graph);
  try {
    const { lookOnline } = await import('../deploy/look-online.ts');
    const { onlineFindings } = await import('../deploy/online-findings.ts');
    const report = await lookOnline(topology);
    return report === null ? findings : [...findings, ...locate(onlineFindings(report, graph))];
  } catch (error) {
    throw redacted(error, topology.redact);
  }
}

function redacted(error: unknown, redact: (text: string) => string): unknown {
  if (!(error instanceof HeadraceError)) return error;
  const { code, place } = error;
  return new HeadraceError(code, redact(error.message), { place });
}

const longestLine = 200;

function lineOf(file: string, line: number): string {
  try {
    const text = readFileSync(file, 'utf8').split(/\r?\n/)[line - 1] ?? '';
    return text.length > longestLine ? '' : text;
  } catch {
    return '';
  }
}

function printed(
  findings: readonly LocatedFinding[],
  files: readonly string[],
  format: ValidateOptions['format'],
): string {
  if (format === 'json') return `${JSON.stringify({ findings: findings.map(jsonFinding) }, null, 2)}\n`;
  if (format === 'github') return findings.map((finding) => `${githubFinding(finding)}\n`).join('');
  if (findings.length === 0)
    return `${files.length === 1 ? `${files[0] ?? ''} is` : `${String(files.length)} files are`} valid.\n`;
  const counted = (severity: string, word: string): string => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
  };
  const summary = `${counted('error', 'error')}, ${counted('warning', 'warning')}, ${counted('info', 'remark')}.`;
  return `${findings.map((finding) => formatFinding(finding)).join('\n\n')}\n\n${summary}\n`;
}

function jsonFinding({ code, severity, file, line, column, message, suggestion }: LocatedFinding): object {
  return { code, severity, file, line, column, message, suggestion };
}

const githubLevels = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** Prints a workflow command of GitHub Actions, its reserved characters escaped. */
function githubFinding(finding: LocatedFinding): string {
  const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const { severity, file, line, column, code } = finding;
  return `::${githubLevels[severity]} file=${property(file)},line=${String(line)},col=${String(column)},title=${property(code)}::${escaped(findingSentence(finding))}`;
}
