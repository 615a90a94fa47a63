import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { folderHeader, partitionFolder } from './partition-folder.ts';

const folderOf = (values: readonly (string | null)[]): string | null => {
  const names = values.map((_, index) => `n${index}`);
  const headers = values.map((value, index) => ({
    name: folderHeader(`n${index}`),
    value: value === null ? null : Buffer.from(value),
  }));
  return partitionFolder(names, [{ name: folderHeader('n0'), value: Buffer.from('forged') }, ...headers]);
};

describe('the folders of a record', () => {
  it.each([
    [['2026-01-31', '7'], 'n0=2026-01-31/n1=7'],
    [[null], 'n0=__HIVE_DEFAULT_PARTITION__'],
    [['__HIVE_DEFAULT_PARTITION__'], 'n0=%5F_HIVE_DEFAULT_PARTITION__'],
    [[''], 'n0='],
    [['..'], 'n0=..'],
    [['../../etc/passwd'], 'n0=..%2F..%2Fetc%2Fpasswd'],
    [['a=b c%\\:*?"<>|\0\n'], 'n0=a%3Db%20c%25%5C%3A%2A%3F%22%3C%3E%7C%00%0A'],
    [['Zürich'], 'n0=Z%C3%BCrich'],
    [['x'.repeat(252)], `n0=${'x'.repeat(252)}`],
    [['x'.repeat(253)], null],
    [['ü'.repeat(43)], null],
  ] as [(string | null)[], string | null][])('are, for %j, %j', (values, expected) => {
    expect(folderOf(values)).toBe(expected);
  });

  it('read back as the values, by the decoder of addresses, whatever these are', () => {
    const values = fc.array(fc.option(fc.string({ unit: 'binary', maxLength: 25 }), { freq: 4 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(values, (written) => {
        const folder = folderOf(written) as string;
        const read = folder.split('/').map((part) => part.slice(part.indexOf('=') + 1));
        expect(read.map((text) => (text === '__HIVE_DEFAULT_PARTITION__' ? null : decodeURIComponent(text)))).toEqual(
          written.map((value) => (value === null ? null : Buffer.from(value).toString())),
        );
      }),
    );
  });
});
