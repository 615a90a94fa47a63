import { parseSchema } from '@headrace/avro';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../component/finding.ts';
import { SchemaLoader } from './schema-loader.ts';

const record = (name: string, type: unknown): object => ({ type: 'record', name, fields: [{ name: 'f', type }] });

function loaderOf(files: Record<string, unknown>) {
  const read: string[] = [];
  const findings: Finding[] = [];
  const loader = new SchemaLoader((file) => {
    const name = file.replace(/^\.\//, '');
    read.push(name);
    const content = files[name];
    if (content === undefined) throw new Error('ENOENT');
    return typeof content === 'string' ? content : JSON.stringify(content);
  });
  return {
    loader,
    read,
    findings,
    load: (reference: unknown) => loader.load(['value'], reference, (f) => findings.push(f)),
  };
}

describe('schemas of a topology', () => {
  it('may name types of files beside them, by full name or by name, each file read once', () => {
    const { load, read, findings } = loaderOf({
      'schemas/order.avsc': record('shop.Order', 'Line'),
      'schemas/shop.Line.avsc': record('shop.Line', 'shop.geo.Place'),
      'schemas/Place.avsc': record('shop.geo.Place', 'string'),
    });
    const whole = record('shop.Order', record('shop.Line', record('shop.geo.Place', 'string')));
    expect(load('./schemas/order.avsc')).toEqual(parseSchema(whole));
    expect(load('./schemas/order.avsc')).toBe(load('./schemas/order.avsc'));
    expect(read.filter((name) => name === 'schemas/order.avsc')).toHaveLength(1);
    expect(findings).toEqual([]);
  });

  it('written inline may name types of files beside the topology', () => {
    const { load } = loaderOf({ 'Line.avsc': record('Line', 'int') });
    const inline = record('Order', 'Line');
    expect(load(inline)).toEqual(parseSchema(record('Order', record('Line', 'int'))));
    expect(load(inline)).toBe(load(inline));
  });

  it('say in which file a fault is', () => {
    const { load, findings } = loaderOf({
      'a.avsc': record('A', 'B'),
      'B.avsc': record('B', 'Nowhere'),
      'c.avsc': record('C', 'D'),
      'D.avsc': '{',
      'e.avsc': '{ "type": ',
      'self.avsc': record('Other', 'self'),
    });
    for (const name of ['a.avsc', 'c.avsc', 'e.avsc', 'self.avsc', 'none.avsc']) expect(load(`./${name}`)).toBeNull();
    expect(load(record('F', 'D'))).toBeNull();
    expect(findings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringMatching(
        /^SCHEMA_INVALID the schema "\.\/a\.avsc" is not valid at "\/fields\/0\/type" in "B\.avsc": /,
      ),
      expect.stringMatching(/^SCHEMA_INVALID the schema "\.\/c\.avsc" is not valid.* in "D\.avsc": /),
      expect.stringMatching(/^SCHEMA_INVALID the schema "\.\/e\.avsc" is not JSON at 1:11: /),
      expect.stringMatching(/^SCHEMA_INVALID the schema "\.\/self\.avsc" is not valid at "\/fields\/0\/type": /),
      'SCHEMA_NOT_FOUND the schema "./none.avsc" cannot be read.',
      expect.stringMatching(/^SCHEMA_INVALID the schema is not valid in "D\.avsc": /),
    ]);
  });

  it('are in scope before the nodes that name them are looked at', () => {
    const { loader } = loaderOf({ 'geo.avsc': record('Geo', 'string'), 'broken.avsc': '{' });
    loader.loadAll({
      value: { codec: 'json', schema: './geo.avsc' },
      output: record('Later', 'int'),
      of: { returns: record('Answer', 'int') },
      schema: './broken.avsc',
    });
    const names = loader.loaded().map((schema) => (schema as { name: string }).name);
    expect(names).toEqual(['Geo', 'Later', 'Answer']);
  });
});
