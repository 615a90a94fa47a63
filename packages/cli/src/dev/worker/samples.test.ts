import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSamples, recordOf, sampleFiles } from './samples.ts';

describe('Samples', () => {
  let folder: string;
  const sample = (name: string, text: string): void => writeFileSync(path.join(folder, 'samples', name), text);
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-samples-'));
    mkdirSync(path.join(folder, 'samples'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are values, whole records or lines, as the ending of the file says', () => {
    sample('values.ndjson', '{"id":1}\r\n\n"two"\nnull\n');
    sample('whole.records.ndjson', '{"key":"k","raw":"no JSON","headers":{"h":null},"at":"2026-01-02","partition":2}');
    sample('lines.txt', '  a line \n{"not":"read"}');
    expect(readSamples(folder, ['values'])?.records).toEqual([{ value: { id: 1 } }, { value: 'two' }, { value: null }]);
    expect(readSamples(folder, ['whole'])?.records).toEqual([
      { key: 'k', raw: 'no JSON', headers: { h: null }, at: '2026-01-02', partition: 2 },
    ]);
    expect(readSamples(folder, ['lines'])?.records).toEqual([{ raw: '  a line ' }, { raw: '{"not":"read"}' }]);
  });

  it('are those of the first name that has a file, in one of the files that are watched', () => {
    sample('source.ndjson', '1');
    expect(readSamples(folder, ['topic'])).toBeNull();
    expect(readSamples(folder, ['topic', 'source'])?.records).toEqual([{ value: 1 }]);
    sample('topic.log', 'from the topic');
    const found = readSamples(folder, ['topic', 'source']);
    expect(found?.records).toEqual([{ raw: 'from the topic' }]);
    expect(sampleFiles(folder, 'topic')).toContain(found?.file);
  });

  it('name the file and the line of what is no JSON', () => {
    sample('broken.ndjson', '1\n\n{"id":\n');
    expect(() => readSamples(folder, ['broken'])).toThrow(/broken\.ndjson:3: it is no JSON/);
  });

  it.each([
    ['[]', 'a record is an object'],
    ['null', 'a record is an object'],
    ['{"vaule":1}', 'no "vaule"'],
    ['{"__proto__":{"raw":"x"}}', 'no "__proto__"'],
    ['{"raw":1}', '"raw" is a text'],
    ['{"headers":{"n":1}}', '"headers" is an object of texts or null'],
    ['{"at":"yesterday"}', '"at" is no time'],
    ['{"partition":-1}', '"partition" is a number from 0'],
    ['{"partition":0.5}', '"partition" is a number from 0'],
    ['{"headers":null}', '"headers" is an object of texts or null'],
    ['{"headers":["a"]}', '"headers" is an object of texts or null'],
  ])('refuse the record %s', (text, why) => {
    expect(() => recordOf(text, 'here')).toThrow(why);
    expect(() => recordOf(text, 'here')).toThrow(expect.objectContaining({ code: 'WRONG_SAMPLE' }) as Error);
  });
});
