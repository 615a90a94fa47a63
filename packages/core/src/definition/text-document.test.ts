import { describe, expect, it } from 'vitest';
import { TextDocument } from './text-document.ts';

describe('TextDocument', () => {
  it('counts lines and columns from 1, whatever ends the lines', () => {
    const document = new TextDocument('f', 'a\nb\r\nc\rd');
    expect([0, 1, 2, 5, 7, 99].map((offset) => document.position(offset))).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 2 },
      { line: 2, column: 1 },
      { line: 3, column: 1 },
      { line: 4, column: 1 },
      { line: 4, column: 2 },
    ]);
  });

  it('shows a line with two spaces of its indentation and the caret below what is meant', () => {
    const document = new TextDocument('f', '{\n        "a": 1\n}');
    expect(document.excerpt({ start: 15, end: 16 })).toEqual({ line: 2, text: '  "a": 1', caret: 7, length: 1 });
  });

  it('cuts a long line around the caret', () => {
    const document = new TextDocument('f', `${'x'.repeat(5000)}HERE${'y'.repeat(5000)}`);
    const { text, caret, length } = document.excerpt({ start: 5000, end: 5004 });
    expect([text.length, text.slice(caret, caret + length)]).toEqual([120, 'HERE']);
  });

  it('ends the underline at the end of the line', () => {
    expect(new TextDocument('f', '"ab\ncd"').excerpt({ start: 0, end: 7 })).toMatchObject({ text: '"ab', length: 3 });
  });

  it('hides what is masked, on every line that it touches', () => {
    const document = new TextDocument('f', '"user": "u", "password": "p4ss"', [{ start: 25, end: 31 }]);
    expect(document.excerpt({ start: 0, end: 6 }).text).toBe('"user": "u", "password": ******');
  });

  it('points to the end of what is shown where white space at the end of a line is meant', () => {
    expect(new TextDocument('f', '{\n      \n}').excerpt({ start: 6, end: 7 })).toMatchObject({
      text: '',
      caret: 0,
      length: 1,
    });
    expect(new TextDocument('f', '"a"    \n').excerpt({ start: 6, end: 7 })).toMatchObject({
      text: '"a"',
      caret: 3,
      length: 1,
    });
  });

  it('points into an empty file', () => {
    expect(new TextDocument('f', '').excerpt({ start: 0, end: 1 })).toEqual({ line: 1, text: '', caret: 0, length: 1 });
  });
});
