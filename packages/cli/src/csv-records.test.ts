import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRecords } from './csv-records.ts';

describe('the rows of a sample of CSV', () => {
  it('are those of csv-parse', () => {
    const cell = fc.constantFrom('', 'a', 'ü ', '"x\ny"', '"""\r\n"', '","', "'");
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { maxLength: 8 });
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), fc.boolean(), (rows, end, closed) => {
        const text = [['first', 'second'], ...rows].map((row) => row.join(',')).join(end) + (closed ? end : '');
        expect([...csvRecords(text, ',')]).toEqual(parse(text, { columns: true, skip_empty_lines: true }));
      }),
    );
  });
});
