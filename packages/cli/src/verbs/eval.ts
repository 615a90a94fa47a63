import { readFileSync } from 'node:fs';
import { CelError, check, formatType, generated, generatedDefinition, type Checked, type Issue } from '@headrace/cel';
import { renderFunction } from '@headrace/codegen';
import { findingSentence } from '@headrace/core';
import { readEvalRecord, type EvalRecord } from '../eval/eval-record.ts';
import { valueText } from '../eval/value-text.ts';
import { exitCodes } from '../exit-codes.ts';
import type { EvalOptions } from '../options.ts';

/** What is wrong, with its place in the expression; none where the schema or the record is. */
interface Fault {
  readonly code: string;
  readonly severity: Issue['severity'];
  readonly message: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly suggestion?: string;
}

/** Prints value, type and paths of an expression; returns the exit code: 2 where the checker refuses it, 1 where it fails. */
export function evaluateExpression(text: string, options: EvalOptions): number {
  // The last line break of standard input belongs to the shell.
  const source = text === '-' ? readFileSync(0, 'utf8').replace(/\r?\n$/, '') : text;
  let given: EvalRecord;
  try {
    given = readEvalRecord(options.schema, options.record);
  } catch (error) {
    return refuse(source, [faultOf(error)], options, exitCodes.wrongInput);
  }
  const { checked, issues } = check(source, given.environment);
  if (checked === null) {
    const errors = issues.filter(({ severity }) => severity === 'error');
    return refuse(source, options.json === true ? errors : issues, options, exitCodes.wrongInput);
  }
  if (options.json !== true) for (const issue of issues) process.stderr.write(`${excerpt(source, issue)}\n`);
  try {
    const scope = given.scope ?? (checked.constant ? () => null : null);
    const value = scope === null ? null : printedValue(checked, generated(checked)(scope));
    process.stdout.write(printed(checked, value, options));
    return exitCodes.done;
  } catch (error) {
    return refuse(source, [faultOf(error)], options, exitCodes.failed);
  }
}

// A value that has no text, such as a time of the record that is out of range, is a fault of the whole expression.
function printedValue({ type, source }: Checked, value: unknown): string {
  try {
    return valueText(value, type);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new CelError(error.code, error.message, 0, source.length);
  }
}

function printed(checked: Checked, value: string | null, options: EvalOptions): string {
  const type = formatType(checked.type);
  const paths = checked.paths.map((path) => path.map(nameText).join('.'));
  const code = options.code === true ? renderFunction(generatedDefinition(checked)).source : null;
  if (options.json === true) {
    const known = value === null ? '' : `"value":${value},`;
    const text = code === null ? '' : `,"code":${JSON.stringify(code)}`;
    return `{${known}"type":${JSON.stringify(type)},"paths":${JSON.stringify(paths)}${text}}\n`;
  }
  const lines = [
    ...(value === null ? [] : [`value  ${value}`]),
    `type   ${type}`,
    `paths  ${paths.length === 0 ? 'none' : paths.join(', ')}`,
    ...(code === null ? [] : ['', code.trimEnd()]),
  ];
  return `${lines.join('\n')}\n`;
}

function nameText(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``;
}

function refuse(source: string, faults: readonly Fault[], { json }: EvalOptions, exitCode: number): number {
  if (json === true) {
    const errors = faults.map(({ code, message, start, end }) => ({ code, message, start, end }));
    process.stdout.write(`${JSON.stringify({ errors })}\n`);
  } else process.stderr.write(`${faults.map((fault) => excerpt(source, fault)).join('\n')}\n`);
  return exitCode;
}

function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) throw error;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') throw error;
  const isPlaced = error instanceof CelError && error.start >= 0;
  const place = isPlaced ? { start: error.start, end: error.end } : { start: null, end: null };
  return { code, severity: 'error', message: error.message, ...place };
}

// The sentence, and below it the line of the expression with carets.
function excerpt(source: string, fault: Fault): string {
  const { start, end } = fault;
  if (start === null || end === null) return `${fault.severity} ${fault.code}  ${findingSentence(fault)}`;
  const before = source.lastIndexOf('\n', start - 1) + 1;
  const after = source.indexOf('\n', start);
  const line = source.slice(before, after < 0 ? source.length : after);
  const row = source.slice(0, before).split('\n').length;
  const length = Math.max(1, Math.min(end, before + line.length) - start);
  return [
    `${String(row)}:${String(start - before + 1)} ${fault.severity} ${fault.code}  ${findingSentence(fault)}`,
    `  ${line}`,
    `  ${source.slice(before, start).replaceAll(/[^\t]/g, ' ')}${'^'.repeat(length)}`,
  ].join('\n');
}
