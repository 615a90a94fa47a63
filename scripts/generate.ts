// Writes what follows from the component definitions and the command: the JSON Schema of topology files, the reference, and the listings
// of options. `pnpm generate`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withListings } from '../packages/cli/src/command-listing.ts';
import { generatedFiles } from '../packages/cli/src/generated-files.ts';

const root = path.join(import.meta.dirname, '..');
for (const [name, text] of generatedFiles()) {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`${name}\n`);
}
const page = path.join(root, 'docs/command-line.md');
writeFileSync(page, withListings(readFileSync(page, 'utf8')));
process.stdout.write('docs/command-line.md\n');
