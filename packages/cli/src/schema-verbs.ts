import { InvalidArgumentError, Option, type Command } from 'commander';
import type { SchemaCheckOptions, SchemaInferOptions, TypesOptions } from './options.ts';

/** The modes of `schema check`; @headrace/avro is loaded when a verb needs it. */
const modes = ['backward', 'forward', 'full', 'backward-transitive', 'forward-transitive', 'full-transitive'];

/** Adds the verbs about schemas: `schema check`, `schema infer` and `types`. */
export function addSchemaVerbs(program: Command): void {
  const schema = program.command('schema').description('Checks and infers Avro schemas.');
  schema
    .command('check')
    .description('Prints whether the last schema may follow the earlier ones; exits 1 where it may not.')
    .argument('<file...>', 'schemas: the earlier ones, the oldest first, then the new one')
    .addOption(new Option('--mode <mode>', 'who must read what').choices(modes).default('backward'))
    .addOption(new Option('--format <format>', 'how problems are printed').choices(['text', 'json']).default('text'))
    .action(async (files: string[], options: SchemaCheckOptions) => {
      const { checkSchemas } = await import('./verbs/schema-check.ts');
      process.exitCode = checkSchemas(files, options);
    });
  schema
    .command('infer')
    .description('Prints a schema for the records of a sample.')
    .argument('<sample>', 'a file of JSON lines, a CSV file with names in its first row, or a container file of Avro')
    .option('--name <name>', 'the full name of the record; after the file unless given')
    .option('--records <number>', 'look at so many records at most', countOf)
    .option('--delimiter <character>', 'what stands between the cells of CSV')
    .action(async (file: string, options: SchemaInferOptions) => {
      const { inferFromSample } = await import('./verbs/schema-infer.ts');
      process.exitCode = await inferFromSample(file, options);
    });
  program
    .command('types')
    .description('Prints TypeScript types of the values of an Avro schema, or of every edge of a topology.')
    .argument('<file>', 'a schema (.avsc), or a topology file')
    .option('--name <name>', 'the name of a type that has none')
    .addOption(new Option('--long <form>', 'how longs are held').choices(['number', 'bigint']).default('number'))
    .action(async (file: string, options: TypesOptions) => {
      const { printTypes } = await import('./verbs/types.ts');
      process.exitCode = await printTypes(file, options);
    });
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1 on.');
  return Number(text);
}
