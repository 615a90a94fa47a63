import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { KeptLines, type KeptLinesOptions } from './kept-lines.ts';

const options: KeptLinesOptions = { first: 3, maxLine: 10, node: 'in', skipEmpty: false };
const all = { records: Infinity, bytes: Infinity };
const texts = (lines: readonly { readonly bytes: Uint8Array }[] | null): string[] | null =>
  lines?.map(({ bytes }) => Buffer.from(bytes).toString()) ?? null;

describe('the lines of a stream', () => {
  it('are kept until they are forgotten, and given from any of them on, as many as are asked for', async () => {
    const lines = new KeptLines(Readable.from([Buffer.from('a\nbb\n'), Buffer.from('ccc\n\nd')]), options);
    expect(texts(lines.from(3, all))).toEqual([]);
    for (let n = 0; n < 3; n++) await lines.more();
    expect(texts(lines.from(3, all))).toEqual(['a', 'bb', 'ccc', '', 'd']);
    expect(texts(lines.from(4, { records: 2, bytes: Infinity }))).toEqual(['bb', 'ccc']);
    expect(texts(lines.from(3, { records: 9, bytes: 3 }))).toEqual(['a', 'bb']);
    expect(texts(lines.from(5, { records: 9, bytes: 1 }))).toEqual(['ccc']);
    lines.forget(5);
    expect(lines.from(5, all)?.map(({ offset }) => offset)).toEqual([5, 6, 7]);
    expect(lines.from(8, all)).toBeNull();
    lines.forget(8);
    expect(lines.from(8, all)).toBeNull();
  });

  it('that failed stay failed, though the stream says that it has ended', async () => {
    const stream = new PassThrough();
    const lines = new KeptLines(stream, options);
    stream.destroy(new Error('cut'));
    for (let n = 0; n < 3; n++)
      await expect(lines.more()).rejects.toMatchObject({ code: 'READ_FAILED', place: { node: 'in' } });
    const long = new KeptLines(Readable.from([Buffer.from('a\n'), Buffer.from('x'.repeat(11))]), options);
    await long.more();
    for (let n = 0; n < 3; n++)
      await expect(long.more()).rejects.toMatchObject({ code: 'LINE_TOO_LONG', place: { offset: 4 } });
    expect(texts(long.from(3, all))).toEqual(['a']);
  });
});
