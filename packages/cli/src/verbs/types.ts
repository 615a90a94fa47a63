import { formatTypes, readSchemaFile } from '@headrace/avro';
import { exitCodes } from '../exit-codes.ts';
import type { TypesOptions } from '../options.ts';
import { reportSchemaError } from '../report-schema-error.ts';

/** Prints the TypeScript types of the values of a schema (`.avsc`), or of every edge of a topology; returns the exit code. */
export async function printTypes(file: string, options: TypesOptions): Promise<number> {
  if (!/\.(?:avsc|avro)$/.test(file)) {
    const { printEdgeTypes } = await import('./edge-types.ts');
    return printEdgeTypes(file);
  }
  try {
    const name = options.name === undefined ? {} : { name: options.name };
    process.stdout.write(formatTypes(readSchemaFile(file), { ...name, long: options.long }));
    return exitCodes.done;
  } catch (error) {
    return reportSchemaError(error);
  }
}
