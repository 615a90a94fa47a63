import { mkdtemp, mkdir, rename, rm, utimes, writeFile, appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { parseSchema } from '@headrace/avro';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvCodec } from '../codecs/csv.ts';
import type { InferContext, LowerContext, SourceContext } from '../component/contexts.ts';
import type { Finding } from '../component/finding.ts';
import type { Position } from '../component/position.ts';
import type { Source } from '../component/source.ts';
import { bytesAt, headersAt, type BytesColumn } from '../record/columns.ts';
import { dynamic, type EdgeType } from '../types/edge-type.ts';
import { fileSource } from './file.ts';
import { builtInSources } from './index.ts';

type Options = Parameters<typeof fileSource.infer>[0];

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'file-source-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function open(options: Options, codec = 'json'): Source {
  const context = {
    node: 'in',
    resolvePath: (file: string) => path.resolve(folder, file),
    value: { codec, options: {}, schema: dynamic },
  } as unknown as SourceContext;
  return fileSource.create?.(options, context) as Source;
}

interface Row {
  readonly file: string;
  readonly offset: number;
  readonly value: string;
}

interface Reading {
  readonly rows: Row[];
  /** The position after each read. */
  readonly positions: { readonly at: Position; readonly rows: number; readonly nextOffset: number }[];
}

const signal = new AbortController().signal;
const wide = { records: 1000, bytes: 1 << 20, waitMs: 0 };

async function readAll(
  source: Source,
  at: Position | null = null,
  limit = wide,
  split = 'files',
  see: (values: BytesColumn) => void = () => {},
): Promise<Reading> {
  const reader = source.open(split, at);
  const reading: Reading = { rows: [], positions: [] };
  try {
    for (;;) {
      const result = await reader.read(limit, signal);
      if (result === 'end') return reading;
      if (result === 'idle') continue;
      const { records } = result;
      if (records !== null) see(records.values as BytesColumn);
      for (let row = 0; row < (records?.count ?? 0); row++) {
        const file = headersAt(records!.headers, row).find(({ name }) => name === 'file')?.value;
        const value = bytesAt(records!.values as BytesColumn, row);
        reading.rows.push({
          file: Buffer.from(file!).toString(),
          offset: records!.offsets[row]!,
          value: Buffer.from(value!).toString(),
        });
      }
      expect(records === null || records.count <= limit.records).toBe(true);
      reading.positions.push({
        at: JSON.parse(JSON.stringify(result.next)) as Position,
        rows: reading.rows.length,
        nextOffset: result.nextOffset,
      });
    }
  } finally {
    await reader.close();
  }
}

const put = (name: string, text: string | Uint8Array): Promise<void> => writeFile(path.join(folder, name), text);
const valuesOf = async (options: Options, codec = 'json'): Promise<string[]> =>
  (await readAll(open(options, codec))).rows.map(({ value }) => value);

describe('the file source', () => {
  it('reads files in the order of their names, with offsets that grow over all of them', async () => {
    await mkdir(path.join(folder, 'in', 'deep'), { recursive: true });
    await put('in/b.ndjson', '3\n4\n');
    await put('in/a.ndjson', '1\n2');
    await put('in/deep/c.ndjson', '5\n');
    await put('in/.hidden.ndjson', 'no\n');
    await put('in/d.txt', 'no\n');
    const source = open({ path: ['./in/**/*.ndjson', './in/a.ndjson'] });
    const splits: string[] = [];
    for await (const split of source.splits()) splits.push(split);
    expect(splits).toEqual(['files']);
    expect((await readAll(source)).rows).toEqual([
      { file: 'in/a.ndjson', offset: 0, value: '1' },
      { file: 'in/a.ndjson', offset: 1, value: '2' },
      { file: 'in/b.ndjson', offset: 2, value: '3' },
      { file: 'in/b.ndjson', offset: 3, value: '4' },
      { file: 'in/deep/c.ndjson', offset: 4, value: '5' },
    ]);
  });

  it('makes each file a split where it is parallel', async () => {
    await put('a.ndjson', '1\n2\n');
    await put('b.ndjson', '3\n');
    const source = open({ path: './*.ndjson', parallel: true });
    const splits: string[] = [];
    for await (const split of source.splits()) splits.push(split);
    expect(splits).toEqual(['a.ndjson', 'b.ndjson']);
    expect((await readAll(source, null, wide, 'b.ndjson')).rows).toEqual([{ file: 'b.ndjson', offset: 0, value: '3' }]);
  });

  it('gives records the time of the last change of their file', async () => {
    await put('a.ndjson', '1\n');
    await utimes(path.join(folder, 'a.ndjson'), 1_700_000_000, 1_700_000_000.25);
    const reader = open({ path: 'a.ndjson' }).open('files', null);
    const result = await reader.read(wide, signal);
    await reader.close();
    expect(result).toMatchObject({ records: { timestamps: Float64Array.of(1_700_000_000_250) } });
  });

  it('takes empty lines as records of text, and not of JSON', async () => {
    await put('a.txt', '\na\r\n\r\n\nb\n\n');
    expect(await valuesOf({ path: 'a.txt' }, 'string')).toEqual(['', 'a', '', '', 'b', '']);
    expect(await valuesOf({ path: 'a.txt' }, 'json')).toEqual(['a', 'b']);
  });

  it('passes over a byte order mark', async () => {
    for (const text of ['\ufeffa\nb', '\ufeff', 'a', 'ab\n']) {
      await put('a.txt', text);
      expect(await valuesOf({ path: 'a.txt' }, 'string')).toEqual(
        text.replace('\ufeff', '').split('\n').filter(Boolean),
      );
    }
  });

  it('says which file is missing, and that a folder is none', async () => {
    await mkdir(path.join(folder, 'in'));
    for (const [file, message] of [
      ['./no.ndjson', /"\.\/no\.ndjson" does not exist/],
      ['./in/*.ndjson', /No file matches "\.\/in\/\*\.ndjson"/],
      ['./in', /is a folder/],
    ] as const) {
      const splits = open({ path: file }).splits()[Symbol.asyncIterator]();
      await expect(splits.next()).rejects.toMatchObject({
        code: 'FILE_NOT_FOUND',
        message: expect.stringMatching(message) as string,
      });
    }
  });

  it('refuses a line over the limit, whether or not its end is there', async () => {
    await put('a.ndjson', `1\n${'x'.repeat(2000)}\n2\n`);
    await put('b.ndjson', `1\n${'x'.repeat(600_000)}`);
    for (const file of ['a.ndjson', 'b.ndjson']) {
      const reading = readAll(open({ path: file, maxLine: '1kB' }));
      await expect(reading).rejects.toMatchObject({
        code: 'LINE_TOO_LONG',
        message: expect.stringContaining('Record 1 of') as string,
      });
    }
    await put('c.ndjson', `${'x'.repeat(1_000_000)}\n`);
    expect((await valuesOf({ path: 'c.ndjson' }))[0]).toHaveLength(1_000_000);
  });

  it('says that a compressed file is damaged', async () => {
    const packed = gzipSync('1\n'.repeat(10_000));
    await put('a.ndjson.gz', packed.subarray(0, packed.length - 9));
    await expect(readAll(open({ path: 'a.ndjson.gz' }))).rejects.toMatchObject({
      code: 'READ_FAILED',
      place: { node: 'in' },
    });
    await put('a.ndjson.gz', Buffer.concat([gzipSync('1\n'), gzipSync('2\n')]));
    expect(await valuesOf({ path: 'a.ndjson.gz' })).toEqual(['1', '2']);
  });
});

describe('the file source, from a position', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '\r', ' ', '😀', '"'), maxLength: 12 });
  const file = fc.record({
    lines: fc.array(line, { maxLength: 30 }),
    end: fc.constantFrom('\n', '\r\n'),
    closed: fc.boolean(),
    mark: fc.boolean(),
    packed: fc.boolean(),
  });

  it('reads what a plain split of the text gives, whole or resumed at any place, in bites of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        async (files, records, bytes, json) => {
          await rm(folder, { recursive: true, force: true });
          await mkdir(folder);
          const expected: Row[] = [];
          for (const [number, { lines, end, closed, mark, packed }] of files.entries()) {
            const body = lines.join(end) + (closed && lines.length > 0 ? end : '');
            const text = `${mark ? '\ufeff' : ''}${body}`;
            const name = `${number}.txt${packed ? '.gz' : ''}`;
            await put(name, packed ? gzipSync(text) : text);
            const naive = body.split('\n');
            if (naive.at(-1) === '') naive.pop();
            for (const raw of naive) {
              const value = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
              if (value !== '' || !json) expected.push({ file: name, offset: expected.length, value });
            }
          }
          const source = open({ path: './*' }, json ? 'json' : 'string');
          const whole = await readAll(source, null, { records, bytes, waitMs: 0 });
          expect(whole.rows).toEqual(expected);
          for (const { at, rows, nextOffset } of whole.positions) {
            expect(nextOffset).toBe(rows);
            expect((await readAll(open({ path: './*' }, json ? 'json' : 'string'), at)).rows).toEqual(
              expected.slice(rows),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads the records of csv-parse, whole or resumed at any place, by the header of their file', async () => {
    const schema = parseSchema({
      type: 'record',
      name: 'R',
      fields: ['a', 'b'].map((name) => ({ name, type: ['null', 'string'], default: null })),
    });
    const value = { codec: 'csv', options: {}, schema };
    const decode = csvCodec.decoder(value);
    const cell = fc.constantFrom('', 'x', '"y\nz"', '"""\r\n"', 'ü', '","');
    const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 8 });
    const csvFile = fc.record({ header: fc.constantFrom('a,b,c', 'c,b,a', 'x,a,y', '"b",z,"a"'), rows });
    const valuesIn = async (at: Position | null, limit = wide): Promise<Reading & { values: unknown[] }> => {
      const values: unknown[] = [];
      const context = { node: 'in', resolvePath: (name: string) => path.resolve(folder, name), value };
      const source = fileSource.create?.({ path: './*' }, context as unknown as SourceContext) as Source;
      const reading = await readAll(source, at, limit, 'files', ({ buffer, starts, ends, schemaIds }) => {
        starts.forEach((start, row) => values.push(decode(buffer, start, ends[row]!, schemaIds![row]!)));
      });
      return { ...reading, values };
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(csvFile, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('\n', '\r\n'),
        async (all, end) => {
          await rm(folder, { recursive: true, force: true });
          await mkdir(folder);
          const expected: unknown[] = [];
          for (const [number, { header, rows: written }] of all.entries()) {
            const text = [header, ...written.map((row) => row.join(','))].map((line) => line + end).join('');
            await put(`${number}.csv`, text);
            for (const record of parse<Record<string, string>>(text, { columns: true, skip_empty_lines: true }))
              expected.push({ a: record['a'] || null, b: record['b'] || null });
          }
          const whole = await valuesIn(null, { records: 2, bytes: 20, waitMs: 0 });
          expect(whole.values).toEqual(expected);
          for (const { at, rows: done } of whole.positions)
            expect((await valuesIn(at)).values).toEqual(expected.slice(done));
        },
      ),
      { numRuns: 25 },
    );
  });

  async function positionAfter(rows: number, options: Options): Promise<Position> {
    const { positions } = await readAll(open(options), null, { ...wide, records: 1 });
    return positions.find((position) => position.rows === rows)!.at;
  }

  it('goes on in a file that has grown', async () => {
    await put('a.ndjson', '1\n2\n');
    const { positions } = await readAll(open({ path: 'a.ndjson' }));
    await appendFile(path.join(folder, 'a.ndjson'), '3\n');
    for (const { at } of positions)
      expect((await readAll(open({ path: 'a.ndjson' }), at)).rows).toEqual([
        { file: 'a.ndjson', offset: 2, value: '3' },
      ]);
  });

  it('goes on in a compressed file at any place, also where a piece of it ends', async () => {
    const lines = [65_535, 65_536, 131_071].map((length) => 'x'.repeat(length));
    for (const first of lines) {
      await put('a.txt.gz', gzipSync(`${first}\n1\n`));
      const at = await positionAfter(1, { path: 'a.txt.gz' });
      expect((await readAll(open({ path: 'a.txt.gz' }), at)).rows).toMatchObject([{ offset: 1, value: '1' }]);
    }
  });

  it('reads a file from its beginning that had no record when it was read', async () => {
    await put('a.txt', '\ufeff');
    const at = (await readAll(open({ path: 'a.txt' }))).positions.at(-1)!.at;
    await put('a.txt', '\ufeff1\n');
    expect((await readAll(open({ path: 'a.txt' }), at)).rows).toEqual([{ file: 'a.txt', offset: 0, value: '1' }]);
  });

  it('does not take a short file for done before its last record is read', async () => {
    await put('a.txt', '\n\n');
    const source = open({ path: './*.txt' }, 'string');
    const { positions } = await readAll(source, null, { ...wide, records: 1 });
    expect(positions.map(({ rows, at }) => [rows, (at as { done: boolean }).done])).toEqual([
      [1, false],
      [2, true],
      [2, true],
    ]);
  });

  it('goes on after a last line that was closed since, and refuses one that was continued', async () => {
    await put('a.ndjson', '1\n2');
    const at = (await readAll(open({ path: 'a.ndjson' }))).positions.at(-1)!.at;
    await put('a.ndjson', '1\n2\r\n3');
    expect((await readAll(open({ path: 'a.ndjson' }), at)).rows).toMatchObject([{ offset: 2, value: '3' }]);
    await put('a.ndjson', '1\n23\n');
    await expect(readAll(open({ path: 'a.ndjson' }), at)).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  });

  it('goes on without files that were read to their end, and not without others', async () => {
    await put('a.ndjson', '1\n2\n');
    await put('b.ndjson', '3\n');
    const options = { path: './*.ndjson' };
    const inside = await positionAfter(1, options);
    const { positions } = await readAll(open(options), null, { ...wide, records: 1 });
    const done = positions.filter(({ rows }) => rows === 2).at(-1)!.at;
    await rename(path.join(folder, 'a.ndjson'), path.join(folder, 'a.old'));
    expect((await readAll(open(options), done)).rows).toEqual([{ file: 'b.ndjson', offset: 2, value: '3' }]);
    await expect(readAll(open(options), inside)).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      message: expect.stringMatching(/"a\.ndjson" .*--from earliest/) as string,
    });
  });

  it('refuses a file that shrank or became another', async () => {
    for (const packed of [false, true]) {
      const options = { path: packed ? './*.gz' : './*.ndjson' };
      const name = packed ? 'a.ndjson.gz' : 'a.ndjson';
      const pack = (text: string): string | Uint8Array => (packed ? gzipSync(text, { level: 0 }) : text);
      const text = `${'0'.repeat(2000)}\n2\n3\n`;
      await put(name, pack(text));
      const at = await positionAfter(2, options);
      for (const other of [text.slice(0, 2001), `1${text.slice(1)}`]) {
        await put(name, pack(other));
        await expect(readAll(open(options), at)).rejects.toMatchObject({ code: 'FILE_CHANGED' });
      }
    }
  });

  it('refuses a position that it did not write', async () => {
    await put('a.ndjson', '1\n');
    expect(() => open({ path: 'a.ndjson' }).open('files', { version: 9 })).toThrow(
      expect.objectContaining({ code: 'STATE_UNREADABLE' }),
    );
  });
});

describe('the options of the file source', () => {
  function infer(options: Options): {
    findings: Finding[];
    output: EdgeType | undefined;
    codec: unknown;
  } {
    const findings: Finding[] = [];
    let codec: unknown;
    const context = {
      node: 'in',
      report: (finding: Finding) => findings.push(finding),
      reads: (_at: unknown, option: unknown) => {
        codec = option;
        return option === undefined ? null : { codec: option, options: {}, schema: dynamic };
      },
      expression: (_at: unknown, text: string) => ({
        source: text,
        type: { kind: 'int' },
        tree: { kind: 'constant' },
        paths: [],
      }),
    } as unknown as InferContext;
    return { findings, output: fileSource.infer(options, context)?.output, codec };
  }

  it('take the codec from the extension', () => {
    expect(infer({ path: './*.jsonl.gz' }).codec).toBe('json');
    expect(infer({ path: ['./a.log', './b.txt'] }).codec).toBe('string');
    expect(infer({ path: ['./a.log', './b.ndjson'] }).codec).toBeUndefined();
    expect(infer({ path: './a.log', value: 'json' }).codec).toBe('json');
  });

  it('say what is not built yet, and what is no text', () => {
    expect(infer({ path: ['./a.txt', './b.parquet'] }).findings).toMatchObject([
      { code: 'NOT_BUILT_YET', at: ['path', 1] },
    ]);
    expect(infer({ path: './a.txt', header: true }).findings).toMatchObject([
      { code: 'OPTIONS_CONFLICT', at: ['header'] },
    ]);
    expect(infer({ path: './a.dat', value: 'avro' }).findings).toEqual([]);
    expect(infer({ path: './a.dat', value: 'int' }).findings).toMatchObject([
      { code: 'CODEC_NOT_FOR_FILES', at: ['value'] },
    ]);
  });

  it('give the key its type and lower to the ops that make key and time', () => {
    const { output } = infer({ path: './a.ndjson', keyBy: 'id', timestamp: 'at', parallel: true });
    expect(output).toMatchObject({ key: { kind: 'long' }, ordered: false });
    const context = {
      outputs: { out: output },
      expression: (at: unknown, _text: unknown, edge: EdgeType) => ({ at, key: edge.key }),
    } as unknown as LowerContext;
    expect(fileSource.lower?.({ path: './a.ndjson', keyBy: 'id', timestamp: 'at' }, context)).toEqual([
      { op: 'timestamp', at: { at: ['timestamp'], key: null } },
      { op: 'key', by: { at: ['keyBy'], key: null }, null: null },
    ]);
    expect(fileSource.lower?.({ path: './a.ndjson' }, context)).toEqual([]);
  });

  it('are described and have examples that they accept', () => {
    for (const { options, examples, type } of builtInSources) {
      expect(examples.length, type).toBeGreaterThan(0);
      for (const example of examples) expect(Value.Check(options, example.options), type).toBe(true);
      expect(Value.Check(options, { path: 'x', nonsense: 1 }), type).toBe(false);
      const { properties } = options as unknown as { properties: Record<string, { description?: string }> };
      for (const [name, schema] of Object.entries(properties))
        expect(schema.description, `${type}.${name}`).toBeTruthy();
    }
  });
});
