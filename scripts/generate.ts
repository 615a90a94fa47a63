// Writes what follows from the component definitions: the JSON Schema of topology files, and the reference. `pnpm generate`.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generatedFiles } from '../packages/cli/src/generated-files.ts';

const root = path.join(import.meta.dirname, '..');
for (const [name, text] of generatedFiles()) {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`${name}\n`);
}
