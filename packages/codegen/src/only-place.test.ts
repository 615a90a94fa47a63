import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../..', import.meta.url));
const evaluates =
  /\bnew\s+Function\b|\bFunction\s*\(|(?<![.\w])eval\s*\(|node:vm|runIn(New|This)?Context|AsyncFunction/;

it('is the only package that turns text into code, in one file', () => {
  const places = readdirSync(packages, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[a-z]+\/src\/.*\.ts$/.test(file) && !file.endsWith('.test.ts'))
    .filter((file) => evaluates.test(readFileSync(path.join(packages, file), 'utf8')));
  expect(places).toEqual([path.join('codegen', 'src', 'to-function.ts')]);
});
