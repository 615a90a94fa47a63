import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HeadraceError } from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import { chooseTemplate, listTemplates } from '../init/choose-template.ts';
import { defaultTemplate, filesOf, readTemplates, type Template } from '../init/templates.ts';
import { reportError } from '../report-error.ts';

/** The options of `init`. */
export interface InitOptions {
  readonly template?: string;
  readonly typescript?: boolean;
  readonly list?: boolean;
  readonly yes?: boolean;
}

/** Writes a working example into a folder and says what to do next; returns the exit code. It overwrites nothing: 2 where a file is there. */
export async function initFolder(folder: string, options: InitOptions): Promise<number> {
  try {
    const templates = readTemplates();
    if (options.list === true) {
      process.stdout.write(listTemplates(templates));
      return exitCodes.done;
    }
    const template = chosen(templates, options.template ?? (await asked(templates, options)), options);
    const schemaOf = (name: string) => readFileSync(new URL(`../../${name}.schema.json`, import.meta.url), 'utf8');
    const schemas = { topology: schemaOf('topology'), test: schemaOf('test') };
    writeFiles(folder, filesOf(template, options.typescript === true, schemas));
    process.stdout.write(nextSteps(folder, options.typescript === true ? 'topology.ts' : 'topology.json'));
    return exitCodes.done;
  } catch (error) {
    return reportError(error);
  }
}

async function asked(templates: ReadonlyMap<string, Template>, { yes, typescript }: InitOptions): Promise<string> {
  // The starter has no TypeScript form.
  const unasked = typescript === true ? 'orders' : defaultTemplate;
  const terminal = process.stdin.isTTY && process.stdout.isTTY;
  return yes === true || typescript === true || !terminal
    ? unasked
    : chooseTemplate(templates, process.stdin, process.stdout);
}

function chosen(templates: ReadonlyMap<string, Template>, name: string, { typescript }: InitOptions): Template {
  const template = templates.get(name);
  if (template === undefined)
    throw new HeadraceError(
      'UNKNOWN_TEMPLATE',
      `There is no template "${name}". There are:\n${listTemplates(templates)}`,
    );
  if (typescript === true && template.files['topology.ts'] === undefined) {
    const both = [...templates].filter(([, { files }]) => files['topology.ts'] !== undefined).map(([each]) => each);
    throw new HeadraceError(
      'UNKNOWN_TEMPLATE',
      `The template "${name}" has no form in TypeScript. Those that have: ${both.join(', ')}.`,
    );
  }
  return template;
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  const there = Object.keys(files)
    .map((name) => path.join(folder, name))
    .filter((file) => existsSync(file));
  if (there.length > 0) {
    const list = there.map((file) => `"${file}"`).join(', ');
    throw new HeadraceError(
      'FILE_EXISTS',
      `Nothing was written, since there is already ${list}. Choose another folder.`,
    );
  }
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new HeadraceError('FILE_EXISTS', `Nothing was written, since "${folder}" is no folder. Choose another one.`);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
    process.stdout.write(`wrote ${file}\n`);
  }
}

function nextSteps(folder: string, topology: string): string {
  const enter = path.resolve(folder) === process.cwd() ? '' : `  cd ${folder}\n`;
  return `\nNext:\n${enter}  headrace validate ${topology}\n  headrace test\n  headrace run ${topology}\n`;
}
