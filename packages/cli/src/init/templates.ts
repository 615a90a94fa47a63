import { readFileSync } from 'node:fs';
import { exampleFiles } from './example-files.ts';

/** A topology that `init` can write. */
export interface Template {
  /** What it shows, in a sentence. */
  readonly summary: string;
  /** The texts of its files, by their paths; `topology.ts`, where there is one, is the same as `topology.json`. */
  readonly files: Readonly<Record<string, string>>;
}

/** The template that is written unless another one is named. */
export const defaultTemplate = 'starter';

/** Returns the templates by their names: the starter, and those that are made of the examples of the repository. */
export function readTemplates(): ReadonlyMap<string, Template> {
  const text = readFileSync(new URL('../../templates.json', import.meta.url), 'utf8');
  const summary = 'Reads orders from a file, keeps those that are paid, adds their total, and prints them.';
  return new Map([
    [defaultTemplate, { summary, files: exampleFiles }],
    ...Object.entries(JSON.parse(text) as Readonly<Record<string, Template>>),
  ]);
}

/** The texts of the schemas by which editors complete. */
export interface EditorSchemas {
  readonly topology: string;
  readonly test: string;
}

/** Returns the files to write: one form of the topology, the schemas for editors, and what version control leaves out. */
export function filesOf(
  { files }: Template,
  typescript: boolean,
  schemas: EditorSchemas,
): Readonly<Record<string, string>> {
  const [left, taken] = typescript ? ['topology.json', 'topology.ts'] : ['topology.ts', 'topology.json'];
  const own = Object.entries(files)
    .filter(([name]) => name !== left)
    .map(([name, text]) => [
      name,
      name === 'README.md' || name.endsWith('.test.json') ? named(text, left, taken) : text,
    ]);
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    '.gitignore': '.headrace/\nout/\n',
    ...(!typescript && { 'topology.schema.json': schemas.topology }),
    'test.schema.json': schemas.test,
  };
}

function named(text: string, left: string, taken: string): string {
  return text.replaceAll(left, taken);
}
