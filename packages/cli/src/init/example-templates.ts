import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Template } from './templates.ts';

const left = new Set(['expected', 'out', '.headrace', 'node_modules']);

/** Makes the templates of the example folders that are one topology: what a user needs of each, with paths that begin in its own folder. */
export function exampleTemplates(examples: string): Readonly<Record<string, Template>> {
  const names = readdirSync(examples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(path.join(examples, entry.name)).includes('topology.json'))
    .map(({ name }) => name);
  return Object.fromEntries(names.sort().map((name) => [name, templateOf(path.join(examples, name), name)]));
}

function templateOf(folder: string, name: string): Template {
  const files = Object.fromEntries(
    listFiles(folder, '').map((file) => [file, ownText(file, readFileSync(path.join(folder, file), 'utf8'), name)]),
  );
  const [, summary = ''] = /^# .+\n\n(.+?\.)(?:\s|$)/.exec(files['README.md'] ?? '') ?? [];
  return { summary, files };
}

function listFiles(folder: string, inner: string): string[] {
  return readdirSync(path.join(folder, inner), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = path.posix.join(inner, entry.name);
      if (left.has(entry.name) || name.endsWith('.test.ts')) return [];
      return entry.isDirectory() ? listFiles(folder, name) : [name];
    });
}

function ownText(file: string, text: string, name: string): string {
  if (file === 'README.md') return text.replaceAll(` topologies/${name}/`, ' ').replaceAll(` topologies/${name}`, '');
  if (file === 'topology.ts') return text.replace(/^\/\/ The same topology as .*\n/, '');
  return text.replace(/"\.\.\/\.\.\/packages\/cli\/(topology|test)\.schema\.json"/, '"./$1.schema.json"');
}
