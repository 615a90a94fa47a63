import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkCase, readCases } from '../../../test/golden/avro/check-case.ts';

const FOLDER = new URL('../../../test/golden/avro/', import.meta.url);
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

it('has the seven categories', () => expect(files).toHaveLength(7));

it('is what the page on conformance says', () => {
  const page = readFileSync(new URL('../../../docs/avro-conformance.md', import.meta.url), 'utf8');
  const told = new Map(
    [...page.matchAll(/^\| `(\w+)` +\| +(\d+) \| +(\d+) \|$/gm)].map(([, name, cases, passed]) => [
      `${name}.json`,
      [Number(cases), Number(passed)],
    ]),
  );
  const counted = files.map((file) => [file, readCases(new URL(file, FOLDER)).length] as const);
  expect(told).toEqual(new Map(counted.map(([file, cases]) => [file, [cases, cases]])));
});

for (const file of files) {
  describe(`golden Avro ${file}`, () => {
    for (const golden of readCases(new URL(file, FOLDER))) it(golden.name, () => checkCase(golden));
  });
}
