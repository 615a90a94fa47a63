// Writes what follows from the component definitions, the command and the examples: the JSON Schema of topology files, the reference, the
// listings of options, the templates of `headrace init`. `pnpm generate`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withListings } from '../packages/cli/src/command-listing.ts';
import { generatedFiles } from '../packages/cli/src/generated-files.ts';

const root = path.join(import.meta.dirname, '..');
for (const [name, text] of generatedFiles(root)) {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`${name}\n`);
}
const page = path.join(root, 'docs/command-line.md');
writeFileSync(page, withListings(readFileSync(page, 'utf8')));
process.stdout.write('docs/command-line.md\n');
