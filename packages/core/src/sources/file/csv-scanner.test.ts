import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCells, csvRecord, type CsvDialect } from '../../text/csv-cells.ts';
import { CsvScanner } from './csv-scanner.ts';

const comma: CsvDialect = { delimiter: ',', quote: '"' };

/** Cuts a text that comes in pieces into records, taking a few at a time. */
function records(text: string, dialect = comma, cuts: readonly number[] = [], most = 2): string[] {
  const bytes = Buffer.from(text);
  const scanner = new CsvScanner(dialect);
  const found: string[] = [];
  const take = (atEnd: boolean): void => {
    for (;;) {
      const { buffer, starts, ends } = scanner.take({ records: most, bytes: 40 }, atEnd);
      if (starts.length === 0) return;
      starts.forEach((start, row) => found.push(Buffer.from(buffer.subarray(start, ends[row])).toString()));
    }
  };
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b).filter((one) => one < bytes.length)) {
    scanner.add(bytes.subarray(from, cut));
    take(false);
    from = cut;
  }
  scanner.add(bytes.subarray(from));
  take(false);
  take(true);
  expect(scanner.pending).toBe(0);
  return found;
}

/** Reads as the library `csv-parse` does; null where it refuses the text. */
function byLibrary(text: string, { delimiter, quote }: CsvDialect): string[][] | null {
  try {
    return parse(text, {
      delimiter,
      quote,
      escape: quote,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n'],
    });
  } catch {
    return null;
  }
}

const dialects = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  quote: fc.constantFrom('"', "'"),
});
const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 8 });

describe('records of CSV', () => {
  it.each([
    ['a,b\nc,d', ['a,b', 'c,d']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['"a\nb",c\r\n"d\r\n"\n', ['"a\nb",c', '"d\r\n"']],
    ['"a""\nb"\nc', ['"a""\nb"', 'c']],
    ['a"b\nc"\n', ['a"b', 'c"']],
    ['"a"b\nc\n', ['"a"b', 'c']],
    ['\n\na\n\n', ['a']],
    ['"never closed\nx\r', ['"never closed\nx\r']],
    ['ü,"ö\nä"\né', ['ü,"ö\nä"', 'é']],
    ['', []],
  ] as [string, string[]][])('of %j are %j', (text, expected) => {
    for (let cut = 0; cut <= Buffer.byteLength(text); cut++) expect(records(text, comma, [cut])).toEqual(expected);
  });

  it('are those of csv-parse, in whatever pieces they come, or are refused by both', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'ü', ',', ';', '"', "'", '\n', '\r\n', ' '), { maxLength: 30 }),
        cuts,
        dialects,
        (parts, at, dialect) => {
          const text = parts.join('');
          const cells = records(text, dialect, at).map((record) => csvCells(record, dialect));
          const expected = byLibrary(text, dialect);
          // A quote within a cell that does not begin with one is text to us and an error to the library.
          if (expected !== null) expect(cells).toEqual(expected);
          else expect(cells.includes(null) || /[^\n]/.test(text)).toBe(true);
          if (cells.includes(null)) expect(expected).toBeNull();
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('that we write are read back by us and by csv-parse, whatever the cells hold', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('', '\n', '\r', '"', ' a ', ','),
    );
    const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(table, cuts, dialects, (rows, at, dialect) => {
        const text = rows.map((row) => `${csvRecord(row, dialect)}\n`).join('');
        const utf8 = rows.map((row) => row.map((value) => Buffer.from(value).toString()));
        expect(records(text, dialect, at).map((record) => csvCells(record, dialect))).toEqual(utf8);
        expect(byLibrary(text, dialect)).toEqual(rows);
      }),
      { numRuns: 1000 },
    );
  });

  it('of many megabytes within one cell are looked through once', () => {
    const scanner = new CsvScanner(comma);
    const piece = Buffer.alloc(1 << 16, 'x\n');
    scanner.add(Buffer.from('"'));
    let looked = 0;
    for (let n = 0; n < 64; n++) {
      scanner.add(piece);
      const { consumed } = scanner.take({ records: 10, bytes: 1 << 20 }, false);
      looked += consumed;
    }
    expect(looked).toBe(0);
    scanner.add(Buffer.from('"\n'));
    expect(scanner.take({ records: 10, bytes: 1 << 20 }, false).ends[0]).toBe(64 * (1 << 16) + 2);
  });
});
