import type { Argument, Command, Option } from 'commander';
import { createProgram } from './program.ts';

const block = /(<!-- options of headrace ([a-z ]+?) -->)[^]*?(<!-- end -->)/g;

/**
 * Writes the listings of a page of Markdown anew from the options that the program declares: what stands between
 * `<!-- options of headrace VERB -->` and `<!-- end -->`. The rest stays.
 */
export function withListings(page: string): string {
  const verbs = commandListings();
  return page.replace(block, (_all, begin: string, verb: string, end: string) => {
    const listing = verbs.get(verb);
    if (listing === undefined) throw new Error(`The page lists "headrace ${verb}", which there is not.`);
    return `${begin}\n\n${listing}\n\n${end}`;
  });
}

/** Lists every verb with its arguments and options, by its name (`run`, `schema check`). What help does not show is left out. */
export function commandListings(): ReadonlyMap<string, string> {
  return new Map(verbsOf(createProgram(), '').map(({ name, command }) => [name, listing(name, command)]));
}

function verbsOf(parent: Command, path: string): { name: string; command: Command }[] {
  const shown = new Set(parent.createHelp().visibleCommands(parent));
  return parent.commands.flatMap((command) => {
    if (!shown.has(command)) return [];
    const name = path === '' ? command.name() : `${path} ${command.name()}`;
    return command.commands.length > 0 ? verbsOf(command, name) : [{ name, command }];
  });
}

function listing(name: string, command: Command): string {
  const options = command.options.filter(({ hidden }) => !hidden);
  return [
    `\`headrace ${name} ${command.usage()}\``,
    '',
    ...command.registeredArguments.map(argument),
    ...options.map(option),
  ].join('\n');
}

function argument(one: Argument): string {
  return `- \`${one.name()}\`: ${plain(one.description)}${defaultOf(one.defaultValue as string | undefined)}.`;
}

function option({ flags, description, argChoices, defaultValue }: Option): string {
  const choices = argChoices === undefined ? '' : ` (${argChoices.map((choice) => `\`${choice}\``).join(', ')})`;
  return `- \`${flags}\`: ${plain(description)}${choices}${defaultOf(defaultValue as string | undefined)}.`;
}

function defaultOf(value: string | readonly string[] | undefined): string {
  if (value === undefined) return '';
  return `; \`${[value].flat().join(' ')}\` unless written`;
}

/** What Markdown would take for marks of its own. */
function plain(text: string): string {
  return text.replaceAll(/[*_<]/g, (mark) => `\\${mark}`);
}
