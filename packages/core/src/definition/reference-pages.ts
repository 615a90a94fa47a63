import type { TSchema } from 'typebox';
import { functionKeyword } from '../component/option-schemas.ts';
import type { Component, Registry } from '../component/registry.ts';
import { describeSchema } from './describe-schema.ts';
import { formatDefinition } from './format-definition.ts';
import { commonOptions, type Section } from './options-schema.ts';

/** A page of the reference: the name of its file, and its Markdown. */
export interface ReferencePage {
  readonly file: string;
  readonly text: string;
}

const kinds = [
  { kind: 'source', section: 'sources', title: 'Sources' },
  { kind: 'operator', section: 'operators', title: 'Operators' },
  { kind: 'sink', section: 'sinks', title: 'Sinks' },
  { kind: 'codec', section: null, title: 'Codecs' },
] as const;

/** Writes the reference of the components that are registered, a page a kind: what each does, its options, its ports, its examples. */
export function referencePages(registry: Registry): ReferencePage[] {
  return kinds.map(({ kind, section, title }) => {
    const components = registry.types(kind).map((type) => registry[kind](type) as Component);
    const parts = [
      `# ${title}`,
      'Generated from the definitions of the components by `pnpm generate`.',
      ...(section === null ? [] : [commonPart(section)]),
      ...components.flatMap((component) => componentParts(component, section)),
    ];
    return { file: `${title.toLowerCase()}.md`, text: `${parts.join('\n\n')}\n` };
  });
}

function commonPart(section: Section): string {
  return `Every one takes these options beside its own:\n\n${optionTable(commonOptions[section], [])}`;
}

function componentParts(component: Component, section: Section | null): string[] {
  const { properties = {}, required = [] } = component.options as unknown as ObjectSchema;
  const table = Object.keys(properties).length === 0 ? 'It has no options.' : optionTable(properties, required);
  const examples = component.examples.map(
    ({ summary, options }) => `${summary}:\n\n${example(component.type, options, section)}`,
  );
  return [`## ${component.type}`, component.summary, table, ...portsPart(component), ...examples];
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
}

function optionTable(properties: Readonly<Record<string, TSchema>>, required: readonly string[]): string {
  const rows = Object.entries(properties).map(([name, schema]) => {
    const { description = '' } = schema as { description?: string };
    return [`\`${name}\`${required.includes(name) ? ' (needed)' : ''}`, kindOf(schema), sentence(description)];
  });
  return table([['option', 'takes', 'meaning'], ...rows]);
}

const kindWords: Readonly<Record<string, string>> = {
  expression: 'an expression',
  names: 'a list of names of fields',
  codec: 'a codec',
  schema: 'a schema',
  function: 'a function',
};

function kindOf(schema: TSchema): string {
  const { kind, anyOf } = schema as { kind?: string; anyOf?: readonly TSchema[] };
  const functions = anyOf?.some((branch) => (branch as never)[functionKeyword] === true) === true;
  if (kind !== undefined)
    return (kindWords[kind] ?? kind) + (kind === 'expression' && functions ? ' or a function' : '');
  return describeSchema(schema);
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return text === '' || /[.!?]$/.test(text) ? capital : `${capital}.`;
}

// Which ports there are may follow from the options: the first example speaks for all.
function portsPart(component: Component): string[] {
  if (component.kind !== 'operator') return [];
  const ports = component.ports(component.examples[0]?.options ?? {}).map(({ port }) => port);
  const named = ports.filter((port) => port !== 'out').map((port) => `\`${port}\``);
  const parts = [...(ports.includes('out') ? ['the default one'] : []), ...named, '`error`'];
  return [`Ports, in the first example: ${parts.join(', ')}.`];
}

function example(type: string, options: object, section: Section | null): string {
  const written =
    section === null
      ? { codec: type, ...options }
      : { type, ...(section !== 'sources' && { input: 'orders' }), ...options };
  const { text = '' } = formatDefinition(JSON.stringify({ id: { id: written } }));
  const lines = text.trimEnd().split('\n').slice(2, -2);
  const body = lines
    .map((line) => line.slice(4))
    .join('\n')
    .replace(/^"id": /, '');
  return `\`\`\`json\n${body}\n\`\`\``;
}

// As the formatter of the repository lays tables out.
function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')));
  const widths = (cells[0] as string[]).map((_, i) => Math.max(3, ...cells.map((row) => (row[i] as string).length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] as number)).join(' | ')} |`;
  const [head, ...body] = cells as [string[], ...string[][]];
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
}
