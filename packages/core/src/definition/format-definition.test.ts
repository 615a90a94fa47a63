import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import jsonc from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { formatDefinition } from './format-definition.ts';

const format = (text: string): string => formatDefinition(text).text ?? '';

describe('the layout of topology files', () => {
  it('breaks the file and its sections, and what does not fit a line', () => {
    const written = `{"headrace":1,"sources":{"a":{"type":"file","path":"./in.ndjson"}},"operators":{"b":{"type":"filter","input":"a",
      "where":["a.long.path.to.something.that.is.long == 1", "&& another.long.path.to.something != null"]}},"sinks":{}}`;
    expect(format(written)).toBe(`{
  "headrace": 1,
  "sources": {
    "a": { "type": "file", "path": "./in.ndjson" }
  },
  "operators": {
    "b": {
      "type": "filter",
      "input": "a",
      "where": ["a.long.path.to.something.that.is.long == 1", "&& another.long.path.to.something != null"]
    }
  },
  "sinks": {}
}
`);
  });

  it('keeps every comment, one blank line between parts, and the spelling of values', () => {
    const written = `// Before.
{ /* first */ "a": 1.50, // behind a
  // own line


  "b" : /* of b */ [ "\\u0041\\n", // in the list
    2e3, ], "c": {}  /* behind c */
  // last
} // after`;
    expect(format(written)).toBe(`// Before.
{
  /* first */
  "a": 1.50, // behind a
  // own line

  /* of b */
  "b": [
    "\\u0041\\n", // in the list
    2e3
  ],
  "c": {} /* behind c */
  // last
}
// after
`);
  });

  it('says why a text cannot be laid out', () => {
    expect(formatDefinition('{ "a": }').findings?.map(({ code }) => code)).toEqual(['SYNTAX_ERROR']);
  });

  const folder = fileURLToPath(new URL('../../../../', import.meta.url));
  const files = ['topologies/orders', 'topologies/nexmark', 'test/invalid'].flatMap((name) =>
    readdirSync(`${folder}${name}`)
      .filter((file) => file.endsWith('.json') && !/syntax|nested/.test(file))
      .map((file) => `${name}/${file}`),
  );
  it.each(files)('%s means the same afterwards, and a second time changes nothing', (file) => {
    const written = readFileSync(folder + file, 'utf8');
    const once = format(written);
    expect(jsonc.parse(once)).toEqual(jsonc.parse(written));
    expect(once.split('//').length).toBe(written.split('//').length);
    expect(format(once)).toBe(once);
  });

  it('does the same for any JSON with comments anywhere', () => {
    const gaps = fc.array(fc.constantFrom(' ', '\n', '\n\n', '// c\n', '/* d */', '\t'), { maxLength: 3 });
    const json = fc.json({ maxDepth: 4, noUnicodeString: false } as never);
    fc.assert(
      fc.property(json, fc.array(gaps, { minLength: 20, maxLength: 20 }), (text, fills) => {
        let at = 0;
        const spread = text.replaceAll(
          /"(?:[^"\\]|\\.)*"|[-\w.+]+|[[\]{},:]/g,
          (part) => part + (fills[at++ % 20] ?? []).join(''),
        );
        const once = format(spread);
        if (formatDefinition(spread).findings !== undefined) return;
        expect(jsonc.parse(once)).toEqual(jsonc.parse(text));
        expect(once.match(/\/\/ c|\/\* d \*\//g)?.length).toBe(spread.match(/\/\/ c|\/\* d \*\//g)?.length);
        expect(format(once)).toBe(once);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
