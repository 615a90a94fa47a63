import { parseSchema } from '@headrace/avro';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCodec, csvFormNumber } from './csv.ts';

const schema = parseSchema({
  type: 'record',
  name: 'Row',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'long' },
    { name: 'x', type: ['null', 'double'] },
    { name: 'ok', type: 'boolean' },
    { name: 'at', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }] },
    { name: 'note', type: ['null', 'string'] },
  ],
});
const encoding = { codec: 'csv', options: {}, schema };
const read = (text: string) => {
  const bytes = Buffer.from(text);
  return csvCodec.decoder(encoding)(bytes, 0, bytes.length, -1);
};
const write = (value: unknown) => Buffer.from(csvCodec.encoder(encoding, schema)(value)).toString();

describe('the codec csv', () => {
  it('reads cells by their types: an empty cell is null, numbers are exact, times have both forms', () => {
    expect(read('"a, ""b""",9007199254740993,,true,2026-01-31T00:00:00Z,x')).toEqual({
      id: 'a, "b"',
      n: 9_007_199_254_740_993n,
      x: null,
      ok: true,
      at: Date.UTC(2026, 0, 31),
      note: 'x',
    });
    expect(read(',1,2.5,false,0,')).toEqual({ id: '', n: 1, x: 2.5, ok: false, at: 0, note: null });
  });

  it.each([
    'a,1,2,true,0',
    'a,1,2,true,0,x,y',
    'a,x,2,true,0,n',
    'a,1,2,yes,0,n',
    '"a,1,2,true,0,n',
    'a,1.5,2,true,0,n',
    '"a"b,1,2,true,0,n',
  ])('refuses %s', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'BAD_CSV' }));
  });

  it('reads back what it has written, but for a text that is empty where null may be', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', ' ', 'ä', ';', '\r') });
    const row = fc.record({
      id: text,
      n: fc.integer(),
      x: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      ok: fc.boolean(),
      at: fc.option(fc.nat()),
      note: fc.option(text.filter((one) => one !== '')),
    });
    fc.assert(
      fc.property(row, (value) => {
        expect(read(write(value))).toEqual({ ...value, x: value.x === 0 ? 0 : value.x });
      }),
    );
  });

  it('reads columns in any order, leaves out those that it does not know and fills in those that may lack', () => {
    const number = csvFormNumber(encoding, 'extra,ok,n,id');
    const decode = csvCodec.decoder(encoding);
    const bytes = Buffer.from('?,true,7,"a\nb"');
    expect(decode(bytes, 0, bytes.length, number)).toEqual({
      id: 'a\nb',
      n: 7,
      x: null,
      ok: true,
      at: null,
      note: null,
    });
    expect(csvFormNumber(encoding, 'extra,ok,n,id')).toBe(number);
    const other = csvFormNumber(encoding, '"id";'.replace(';', ',n,x,ok,at,note'));
    expect(other).not.toBe(number);
    expect(() => decode(Buffer.from('a,1'), 0, 3, number)).toThrow('expected 4 cells, found 2');
  });

  it('refuses a header with names that stand twice, that lacks what is needed, or that is none', () => {
    for (const line of ['id,n,ok,id', 'n,ok', 'a,1,2,true,,', '"id'])
      expect(() => csvFormNumber(encoding, line), line).toThrow(
        expect.objectContaining({ code: 'WRONG_HEADER' }) as Error,
      );
  });
});
