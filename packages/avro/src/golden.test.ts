import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkCase, readCases } from '../../../test/golden/avro/check-case.ts';

const FOLDER = new URL('../../../test/golden/avro/', import.meta.url);
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

it('has the seven categories', () => expect(files).toHaveLength(7));

for (const file of files) {
  describe(`golden Avro ${file}`, () => {
    for (const golden of readCases(new URL(file, FOLDER))) it(golden.name, () => checkCase(golden));
  });
}
