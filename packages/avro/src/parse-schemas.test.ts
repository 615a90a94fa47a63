import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseSchema, parseSchemas, parseSchemaText } from './parse-schema.ts';
import { readSchemaFile, readSchemaFiles } from './schema-files.ts';
import { schemaToText } from './schema-text.ts';
import type { RecordSchema, Schema } from './schema.ts';

const record = (name: string, ...types: unknown[]): object => ({
  type: 'record',
  name,
  fields: types.map((type, index) => ({ name: `f${index}`, type })),
});
const fault = (act: () => unknown): object => {
  try {
    act();
  } catch (error) {
    const { code, pointer, source } = error as { code: string; pointer: string; source: string | null };
    return { code, pointer, source };
  }
  return {};
};
const fieldType = (schema: Schema | undefined, index: number): Schema | undefined =>
  (schema as RecordSchema).fields[index]?.type;

describe('parseSchemas', () => {
  it('resolves names of other schemas of the set, whatever their order', () => {
    const set = new Map([
      ['order', record('shop.Order', 'Item', 'geo.Country')],
      ['country', { type: 'enum', name: 'geo.Country', symbols: ['DE'] }],
      ['item', record('shop.Item', 'string')],
    ]);
    const schemas = parseSchemas(set);
    expect([...schemas.keys()]).toEqual(['order', 'country', 'item']);
    expect(fieldType(schemas.get('order'), 0)).toBe(schemas.get('item'));
    expect(fieldType(schemas.get('order'), 1)).toBe(schemas.get('country'));
  });

  it('lets records of two schemas hold each other', () => {
    const schemas = parseSchemas(
      new Map([
        ['a', record('A', ['null', 'B'])],
        ['b', record('B', { type: 'array', items: 'A' })],
      ]),
    );
    expect(fieldType(schemas.get('b'), 0)).toMatchObject({ items: schemas.get('a') });
  });

  it('says in which source a fault is', () => {
    const set = (b: unknown): Map<string, unknown> =>
      new Map([
        ['a.avsc', record('A', 'B')],
        ['b.avsc', b],
      ]);
    const bad = { type: 'record', name: 'B', fields: [{ name: 'x', type: 'int', default: 'text' }] };
    expect(fault(() => parseSchemas(set(bad)))).toEqual({
      code: 'BAD_DEFAULT',
      pointer: '/fields/0/default',
      source: 'b.avsc',
    });
    expect(fault(() => parseSchemas(set(record('B', 'C'))))).toMatchObject({ code: 'UNKNOWN_TYPE', source: 'b.avsc' });
    expect(fault(() => parseSchemas(set('A')))).toMatchObject({ code: 'UNKNOWN_TYPE', source: 'a.avsc' });
    expect(fault(() => parseSchemas(new Map([['x', 'y'], ['y', 'x']])))).toMatchObject({ code: 'UNKNOWN_TYPE' }); // prettier-ignore
    const twice = new Map([
      ['a.avsc', record('A')],
      ['b.avsc', record('A')],
    ]);
    expect(fault(() => parseSchemas(twice))).toMatchObject({ code: 'DUPLICATE_NAME', source: 'b.avsc' });
  });

  it('refuses a chain of a thousand schemas without running out of stack', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `R${index}`);
    const chain = names.map((name, index): [string, unknown] => [
      name,
      record(name, ...names.slice(index + 1, index + 2)),
    ]);
    expect(fault(() => parseSchemas(new Map(chain)))).toMatchObject({ code: 'TOO_DEEP' });
  });
});

describe('parseSchema with types', () => {
  it('knows the types inside of the schemas that it is given', () => {
    const item = parseSchema(record('shop.Item', { type: 'fixed', name: 'Md5', size: 16 }));
    const schema = parseSchema(record('shop.Order', 'Item', 'shop.Md5'), { types: [item] });
    expect(fieldType(schema, 0)).toBe(item);
    expect(fieldType(schema, 1)).toBe(fieldType(item, 0));
  });

  it('asks for each unknown name once, and only for names', () => {
    const asked: string[] = [];
    const find = (name: string): undefined => void asked.push(name);
    expect(fault(() => parseSchema(record('x.R', ['null', 'Y', '../../etc']), { find }))).toMatchObject({
      code: 'UNKNOWN_TYPE',
      pointer: '/fields/0/type/1',
    });
    expect(fault(() => parseSchema(record('x.R', '../../etc/passwd'), { find }))).toMatchObject({
      code: 'UNKNOWN_TYPE',
    });
    expect(asked).toEqual(['x.Y', 'Y']);
  });
});

describe('parseSchemaText', () => {
  it('keeps every digit of a default', () => {
    const text = (value: string): string =>
      `{"type":"record","name":"R","fields":[{"name":"a","type":"long","doc":"1234567890123456789","default":${value}}]}`;
    const schema = parseSchemaText(text('9223372036854775807')) as RecordSchema;
    expect(schema.fields[0]?.default).toBe(9223372036854775807n);
    expect(schema.fields[0]?.doc).toBe('1234567890123456789');
    expect(fault(() => parseSchemaText(text('9223372036854775808')))).toMatchObject({ code: 'BAD_DEFAULT' });
    expect(fault(() => parseSchema(JSON.parse(text('9223372036854775807'))))).toMatchObject({ code: 'BAD_DEFAULT' });
    const fraction = text('1').replace('"long"', '"double"').replace(':1}', ':0.12345678901234567}');
    expect((parseSchemaText(fraction) as RecordSchema).fields[0]?.default).toBe(Number('0.12345678901234567'));
  });

  it('keeps infinite defaults and the sign of zero in the text', () => {
    const fields = ['1e999', '-1e999', '-0'].map(
      (text, index) => `{"name":"f${index}","type":"double","default":${text}}`,
    );
    const schema = parseSchemaText(`{"type":"record","name":"R","fields":[${fields.join(',')}]}`) as RecordSchema;
    const again = parseSchemaText(schemaToText(schema)) as RecordSchema;
    expect(again.fields.map((field) => field.default)).toEqual([Infinity, -Infinity, -0]);
  });

  it('says that a text is not JSON, or too long', () => {
    expect(fault(() => parseSchemaText('{"type":'))).toMatchObject({ code: 'NOT_JSON' });
    expect(fault(() => parseSchemaText(`"${'x'.repeat(5_000_000)}"`))).toMatchObject({ code: 'TOO_LARGE' });
  });
});

describe('schemas in files', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-schemas-'));
  const write = (name: string, json: unknown): string => {
    const file = path.join(folder, name);
    writeFileSync(file, typeof json === 'string' ? json : JSON.stringify(json));
    return file;
  };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const order = write('order.avsc', record('shop.Order', 'Item', 'geo.Country'));
  const item = write('Item.avsc', record('shop.Item', 'geo.Country'));
  const country = write('geo.Country.avsc', { type: 'enum', name: 'geo.Country', symbols: ['DE'] });

  it('names types of the files beside it', () => {
    const schema = readSchemaFile(order);
    expect(fieldType(schema, 0)).toMatchObject({ name: 'shop.Item' });
    expect(fieldType(schema, 1)).toBe(fieldType(fieldType(schema, 0), 0));
  });

  it('may be given together', () => {
    expect(fieldType(readSchemaFiles([order, item, country]).get(order), 0)).toMatchObject({ name: 'shop.Item' });
  });

  it('says which file is at fault', () => {
    const broken = write('Broken.avsc', '{');
    const user = write('user.avsc', record('User', 'Broken'));
    expect(fault(() => readSchemaFile(user))).toMatchObject({ code: 'NOT_JSON', source: broken });
    expect(fault(() => readSchemaFile(path.join(folder, 'no.avsc')))).toMatchObject({ code: 'NOT_FOUND' });
    expect(fault(() => readSchemaFile(write('self.avsc', record('Me', 'self'))))).toMatchObject({
      code: 'UNKNOWN_TYPE',
    });
  });
});
