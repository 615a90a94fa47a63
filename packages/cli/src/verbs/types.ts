import { formatTypes, readSchemaFile } from '@headrace/avro';
import { exitCodes } from '../exit-codes.ts';
import type { TypesOptions } from '../options.ts';
import { reportSchemaError } from '../report-schema-error.ts';

/** Prints the TypeScript types of the values of a schema; returns the exit code. */
export function printTypes(file: string, options: TypesOptions): number {
  try {
    const name = options.name === undefined ? {} : { name: options.name };
    process.stdout.write(formatTypes(readSchemaFile(file), { ...name, long: options.long }));
    return exitCodes.done;
  } catch (error) {
    return reportSchemaError(error);
  }
}
