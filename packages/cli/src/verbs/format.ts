import { readFileSync, writeFileSync } from 'node:fs';
import { formatDefinition, HeadraceError, TextDocument } from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import { reportError } from '../report-error.ts';

/** Lays out topology files in JSON; with `check` it only says which are not. Returns the exit code: 1 where `check` finds one, 2 where one cannot be read. */
export function formatFiles(files: readonly string[], { check = false }: { readonly check?: boolean }): number {
  let code: number = exitCodes.done;
  for (const file of files) {
    try {
      code = Math.max(code, formatFile(file, check));
    } catch (error) {
      code = Math.max(code, reportError(error));
    }
  }
  return code;
}

function formatFile(file: string, check: boolean): number {
  const written = read(file);
  const { text, findings } = formatDefinition(written);
  if (text === undefined) {
    const document = new TextDocument(file, written);
    for (const { code, message, range } of findings) {
      const { line, column } = document.position(range.start);
      process.stderr.write(`${file}:${String(line)}:${String(column)} error ${code}  ${message}\n`);
    }
    return exitCodes.wrongInput;
  }
  if (text === written) return exitCodes.done;
  process.stdout.write(`${file}\n`);
  if (check) return exitCodes.failed;
  writeFileSync(file, text);
  return exitCodes.done;
}

function read(file: string): string {
  if (/\.[cm]?[jt]s$/.test(file))
    throw new HeadraceError('FILE_NOT_FOUND', `"${file}" is a program: format it by the formatter of your programs.`);
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const message = `The topology file "${file}" cannot be read: ${(cause as Error).message}.`;
    throw new HeadraceError('FILE_NOT_FOUND', message, { place: { file }, cause });
  }
}
