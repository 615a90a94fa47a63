import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDefinition } from './parse-definition.ts';

describe('parseDefinition', () => {
  it('takes comments, trailing commas and a mark of the byte order', () => {
    const { value, findings } = parseDefinition('\uFEFF{ // why\n "a": [1, 2,], /* and */ }');
    expect([value, findings]).toEqual([{ a: [1, 2] }, []]);
  });

  it('reads any JSON as JSON.parse does, forbidden keys aside', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        fc.pre(!/__proto__|constructor|prototype/.test(text));
        const { value, findings } = parseDefinition(text);
        const exact = findings.filter(({ code }) => code !== 'NUMBER_OUT_OF_RANGE');
        expect([value, exact]).toEqual([JSON.parse(text), []]);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it.each([
    ['', 'the file is empty.', 0],
    ['// nothing', 'a value is expected here.', 10],
    ['{', 'a closing brace is missing.', 1],
    ['{"a" 1}', 'a colon is missing here.', 5],
    ['{"a": 1 "b": 2}', 'a comma is missing here.', 8],
    ['{"a": tru}', 'this is neither a value nor a sign of JSON.', 6],
    ['{"a": "x', 'a text is not closed by a double quote.', 6],
    ['{} {}', 'the file goes on after its value has ended.', 3],
  ])('says of %j what is wrong and where', (text, message, start) => {
    const { value, findings } = parseDefinition(text);
    expect(value).toBeUndefined();
    expect(findings).toMatchObject([{ code: 'SYNTAX_ERROR', message, range: { start } }]);
  });

  it('keeps the first of two equal keys and points at the second', () => {
    const { value, findings } = parseDefinition('{ "a": 1, "a": 2 }');
    expect(value).toEqual({ a: 1 });
    expect(findings).toMatchObject([{ code: 'DUPLICATE_KEY', range: { start: 10, end: 13 } }]);
  });
});

describe('locate', () => {
  const text = '{ "a": { "b": ["x\\n\\u00e4y", { "c": 1 }] } }';
  const { locate } = parseDefinition(text);
  const marked = (finding: Parameters<typeof locate>[0]) => text.slice(locate(finding).start, locate(finding).end);

  it('finds values, keys, and the opening sign of what is large', () => {
    expect(marked({ at: ['a', 'b', 1, 'c'] })).toBe('1');
    expect(marked({ at: ['a', 'b', 1, 'c'], on: 'key' })).toBe('"c"');
    expect(marked({ at: ['a'] })).toBe('{');
    expect(marked({ at: ['a', 'b'] })).toBe('[');
  });

  it('finds a span inside a text, escapes counted as what they stand for', () => {
    expect(marked({ at: ['a', 'b', 0], span: { start: 0, end: 1 } })).toBe('x');
    expect(marked({ at: ['a', 'b', 0], span: { start: 1, end: 2 } })).toBe('\\n');
    expect(marked({ at: ['a', 'b', 0], span: { start: 2, end: 4 } })).toBe('\\u00e4y');
    expect(locate({ at: ['a', 'b', 0], span: { start: 4, end: 4 } })).toEqual({ start: 26, end: 27 });
  });

  it('falls back to what holds a place that is not in the file', () => {
    expect(marked({ at: ['a', 'z', 'y'] })).toBe('"a"');
    expect(marked({ at: ['a', 'b', 1, 'z'] })).toBe('{');
    expect(marked({ at: [] })).toBe('{');
  });
});
