import { documentSchema, editorSchema, referencePages } from '@headrace/core';
import { testFileSchema } from '@headrace/testing';
import { exampleTemplates } from './init/example-templates.ts';
import { commandRegistry } from './read-topology.ts';

/** Returns the files that follow from the components that the command knows, and from the examples, by their path from the root of the repository. */
export function generatedFiles(root: string): ReadonlyMap<string, string> {
  const registry = commandRegistry();
  const files = new Map([
    ['packages/cli/topology.schema.json', `${JSON.stringify(editorSchema(registry), null, 2)}\n`],
    [
      'packages/cli/test.schema.json',
      `${JSON.stringify(documentSchema(testFileSchema, 'Tests of a topology of Headrace'), null, 2)}\n`,
    ],
    ['packages/cli/templates.json', `${JSON.stringify(exampleTemplates(`${root}/topologies`), null, 2)}\n`],
  ]);
  for (const { file, text } of referencePages(registry)) files.set(`docs/reference/${file}`, text);
  return files;
}
