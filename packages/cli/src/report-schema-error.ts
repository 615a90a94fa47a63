import { AvroError, SchemaError } from '@headrace/avro';
import { exitCodes } from './exit-codes.ts';
import { reportError } from './report-error.ts';

/** Prints what is wrong with a schema: file, JSON pointer, code and sentence; returns the exit code. */
export function reportSchemaError(thrown: unknown, file?: string): number {
  if (thrown instanceof AvroError) {
    process.stderr.write(`error ${thrown.code} ${thrown.message}\n`);
    return exitCodes.wrongInput;
  }
  if (!(thrown instanceof SchemaError)) return reportError(thrown);
  const source = thrown.source ?? file;
  const place = `${source ?? ''}${thrown.pointer === '' ? '' : `#${thrown.pointer}`}`;
  process.stderr.write(`${place === '' ? '' : `${place} `}error ${thrown.code} ${thrown.message}\n`);
  return exitCodes.wrongInput;
}
