import { HeadraceError } from '@headrace/core';
import { exitCodes } from './exit-codes.ts';

const wrongInput = new Set([
  'FILE_NOT_FOUND',
  'MODULE_NOT_LOADED',
  'FUNCTION_NOT_FOUND',
  'WRONG_SET',
  'WRONG_ADDRESS',
  'NO_SUCH_CASE',
  'SOURCE_NEVER_ENDS',
  'CLUSTER_NEEDED',
  'NOT_BUILT_YET',
  'FILE_EXISTS',
  'UNKNOWN_TEMPLATE',
  'WRONG_RESET',
  'CONFIRMATION_NEEDED',
  'PRINCIPAL_NEEDED',
]);

/** Prints an error in one line with its code and place, and its causes below, secrets taken out; returns the exit code. */
export function reportError(thrown: unknown, redact: (text: string) => string = (text) => text): number {
  process.stderr.write(`${redact(describeError(thrown))}\n`);
  return thrown instanceof HeadraceError && wrongInput.has(thrown.code) ? exitCodes.wrongInput : exitCodes.failed;
}

/** Describes an error with its code, place and causes. */
export function describeError(thrown: unknown): string {
  const lines: string[] = [];
  for (
    let error: unknown = thrown;
    error !== undefined && lines.length < 5;
    error = error instanceof Error ? error.cause : undefined
  ) {
    if (error instanceof Error && error !== thrown && lines[0]?.includes(error.message)) continue;
    const prefix = lines.length === 0 ? 'error' : '  caused by';
    lines.push(`${prefix} ${describeOne(error)}`);
  }
  return lines.join('\n');
}

function describeOne(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof HeadraceError)) return `${error.name}: ${error.message}`;
  const place = Object.entries(error.place).map(([name, value]) => `${name} ${String(value)}`);
  return `${error.code}  ${error.message}${place.length > 0 ? ` (${place.join(', ')})` : ''}`;
}
