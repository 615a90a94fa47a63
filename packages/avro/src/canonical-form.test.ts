import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonicalForm } from './canonical-form.ts';
import { fingerprint } from './fingerprint.ts';
import { parseSchema } from './parse-schema.ts';
import type { RecordSchema } from './schema.ts';

interface Case {
  schema: unknown;
  canonical: string;
  'CRC-64-AVRO': string;
  MD5: string;
  'SHA-256': string;
}

const file = new URL('../../../test/golden/avro-schemas/fingerprints.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('canonicalForm and fingerprint', () => {
  it.each(cases)('are what Java says of $canonical', (golden) => {
    const schema = parseSchema(golden.schema);
    expect(canonicalForm(schema)).toBe(golden.canonical);
    for (const algorithm of ['CRC-64-AVRO', 'MD5', 'SHA-256'] as const) {
      expect(hex(fingerprint(schema, algorithm))).toBe(golden[algorithm]);
    }
  });

  it('does not change when it is parsed and written again', () => {
    for (const { canonical } of cases) expect(canonicalForm(parseSchema(JSON.parse(canonical)))).toBe(canonical);
  });

  it('refuses a record that has no name', () => {
    const schema: RecordSchema = { kind: 'record', name: null, fields: [] };
    expect(() => canonicalForm(schema)).toThrow(expect.objectContaining({ code: 'BAD_NAME' }));
  });
});
