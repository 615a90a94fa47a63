import path from 'node:path';
import {
  checkCompatibility,
  readSchemaFile,
  type CompatibilityProblem,
  type CompatibilityReport,
} from '@headrace/avro';
import { exitCodes } from '../exit-codes.ts';
import type { SchemaCheckOptions } from '../options.ts';
import { reportSchemaError } from '../report-schema-error.ts';

/**
 * Prints whether the last schema may follow the earlier ones, and everything that is in the way.
 * Returns the exit code: 0 compatible, 1 not, 2 a schema that is wrong.
 */
export function checkSchemas(files: readonly string[], options: SchemaCheckOptions): number {
  try {
    const schemas = files.map((file) => readSchemaFile(file));
    const [next] = schemas.slice(-1);
    if (next === undefined || schemas.length < 2) {
      process.stderr.write('error: an old and a new schema are needed\n');
      return exitCodes.wrongInput;
    }
    const report = checkCompatibility(next, schemas.slice(0, -1), options.mode);
    process.stdout.write(options.format === 'json' ? json(files, report) : text(files, report));
    return report.compatible ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    return reportSchemaError(error);
  }
}

function json(files: readonly string[], { mode, compatible, problems }: CompatibilityReport): string {
  const shown = problems.map(({ version, ...problem }) => ({ ...problem, file: files[version] }));
  return `${JSON.stringify({ mode, compatible, problems: shown })}\n`;
}

function text(files: readonly string[], { mode, compatible, problems }: CompatibilityReport): string {
  if (compatible) return `compatible (${mode})\n`;
  const lines = problems.map((problem) => `${line(files, problem)}\n`);
  return `${lines.join('')}not compatible (${mode}): ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}\n`;
}

function line(
  files: readonly string[],
  { direction, version, code, path: field, message }: CompatibilityProblem,
): string {
  const [earlier, next] = [files[version] ?? '', files.at(-1) ?? ''].map((file) => path.basename(file));
  const [reader, writer] = direction === 'backward' ? [next, earlier] : [earlier, next];
  return `${code} ${field === '' ? 'the schema' : field} (${reader} reading ${writer}): ${message}`;
}
