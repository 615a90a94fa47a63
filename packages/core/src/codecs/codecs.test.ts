import { parseSchema, type Schema } from '@headrace/avro';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import type { InferContext } from '../component/contexts.ts';
import type { Finding } from '../component/finding.ts';
import { dynamic, type ValueType } from '../types/edge-type.ts';
import { builtInCodecs } from './index.ts';

function contextOf(findings: Finding[]): InferContext {
  const unused = (): never => {
    throw new Error('not asked for by codecs');
  };
  return {
    node: 'n',
    report: (finding) => findings.push(finding),
    expression: unused,
    schema: (_at, reference) => parseSchema(reference),
    asRead: unused,
    reads: unused,
    writes: unused,
  };
}

const codec = (type: string): (typeof builtInCodecs)[number] => builtInCodecs.find((known) => known.type === type)!;

function write(type: string, schema: ValueType, value: unknown, from: ValueType = schema): Uint8Array {
  return codec(type).encoder({ codec: type, options: {}, schema }, from)(value);
}

function read(type: string, schema: ValueType, bytes: Uint8Array): unknown {
  const padded = Buffer.concat([Buffer.from([9]), bytes, Buffer.from([9])]);
  return codec(type).decoder({ codec: type, options: {}, schema })(new Uint8Array(padded), 1, bytes.length + 1, 0);
}

function writes(type: string, options: object, from: ValueType): { schema: ValueType | null; findings: Finding[] } {
  const findings: Finding[] = [];
  return { schema: codec(type).writes(options, from, ['value'], contextOf(findings), 'orders-eu'), findings };
}

const record = (...fields: object[]): Schema => parseSchema({ type: 'record', name: 'R', fields });

describe('every codec', () => {
  it('has examples that its own options accept, and refuses options that it does not know', () => {
    for (const { options, examples, type } of builtInCodecs) {
      expect(examples.length, type).toBeGreaterThan(0);
      for (const example of examples) expect(Value.Check(options, example.options), type).toBe(true);
      expect(Value.Check(options, { nonsense: 1 }), type).toBe(false);
    }
  });
});

describe('the codecs of numbers, text and bytes', () => {
  it('write what Kafka writes and read it back', () => {
    const cases: [string, unknown, string][] = [
      ['int', -2, 'fffffffe'],
      ['long', 258, '0000000000000102'],
      ['long', 9007199254740993n, '0020000000000001'],
      ['float', 1.5, '3fc00000'],
      ['double', -2.25, 'c002000000000000'],
      ['string', 'é\ufffd', 'c3a9efbfbd'],
      ['bytes', new Uint8Array([0, 255]), '00ff'],
    ];
    for (const [type, value, hex] of cases) {
      const schema = { kind: type } as Schema;
      const bytes = write(type, schema, value);
      expect(Buffer.from(bytes).toString('hex'), type).toBe(hex);
      expect(read(type, schema, bytes), type).toEqual(value);
    }
  });

  it('refuse bytes of another length, bytes that are not UTF-8 and values that do not fit', () => {
    const refused: [() => unknown, string][] = [
      [() => read('int', { kind: 'int' }, new Uint8Array(8)), 'BAD_LENGTH'],
      [() => read('string', { kind: 'string' }, new Uint8Array([0xc3])), 'BAD_UTF8'],
      [() => write('string', { kind: 'string' }, 'a\ud800'), 'NOT_ENCODABLE'],
      [() => write('string', { kind: 'string' }, 5, dynamic), 'NOT_ENCODABLE'],
      [() => write('int', { kind: 'int' }, 2 ** 31, dynamic), 'NOT_ENCODABLE'],
      [() => write('long', { kind: 'long' }, 2 ** 53, dynamic), 'NOT_ENCODABLE'],
      [() => write('long', { kind: 'long' }, 2n ** 63n, dynamic), 'NOT_ENCODABLE'],
      [() => write('float', { kind: 'float' }, 2 ** 24 + 1, { kind: 'int' }), 'NOT_ENCODABLE'],
      [() => write('double', { kind: 'double' }, 9007199254740993n, { kind: 'long' }), 'NOT_ENCODABLE'],
      [() => write('bytes', { kind: 'bytes' }, 'text', dynamic), 'NOT_ENCODABLE'],
    ];
    for (const [attempt, code] of refused) expect(attempt).toThrow(expect.objectContaining({ code }));
  });

  it('take wider types and nullable ones, and report the others', () => {
    expect(writes('long', {}, { kind: 'int' })).toEqual({ schema: { kind: 'long' }, findings: [] });
    expect(writes('string', {}, parseSchema(['null', 'string'])).findings).toEqual([]);
    expect(writes('string', {}, dynamic).findings).toEqual([]);
    expect(writes('int', {}, { kind: 'long' })).toMatchObject({
      schema: null,
      findings: [{ code: 'NARROWER_TYPE', severity: 'error', at: ['value'] }],
    });
  });

  it('never keep the buffer that they read from', () => {
    const buffer = new Uint8Array([1, 2, 3]);
    const value = codec('bytes').decoder({ codec: 'bytes', options: {}, schema: { kind: 'bytes' } })(buffer, 0, 3, 0);
    buffer.fill(9);
    expect(value).toEqual(new Uint8Array([1, 2, 3]));
  });
});

describe('avro', () => {
  it('leaves out extra fields, fills defaults and widens numbers', () => {
    const from = record(
      { name: 'extra', type: 'string' },
      { name: 'n', type: 'int' },
      { name: 'u', type: ['string', 'double'] },
      { name: 'items', type: { type: 'array', items: 'int' } },
    );
    const to = record(
      { name: 'n', type: ['null', 'double'] },
      { name: 'u', type: ['string', 'double'] },
      { name: 'items', type: { type: 'array', items: 'double' } },
      { name: 'more', type: { type: 'array', items: 'string' }, default: ['x'] },
    );
    const bytes = write('avro', to, { extra: 'e', n: 5, u: { double: 6 }, items: [1, 2] }, from);
    expect(read('avro', to, bytes)).toEqual({ n: 5, u: { double: 6 }, items: [1, 2], more: ['x'] });
  });

  it('reports fields that are missing or of another type, and mentions those left out', () => {
    const schema = {
      type: 'record',
      name: 'Out',
      fields: [
        { name: 'id', type: 'string' },
        { name: 'n', type: 'int' },
        { name: 'inner', type: { type: 'record', name: 'In', fields: [{ name: 'x', type: 'int' }] } },
      ],
    };
    const from = record(
      { name: 'n', type: 'long' },
      { name: 'inner', type: { type: 'record', name: 'In', fields: [] } },
      { name: 'secret', type: 'string' },
    );
    const { schema: written, findings } = writes('avro', { schema }, from);
    expect(written).toBeNull();
    expect(findings.map(({ code, severity, message }) => [code, severity, /"([a-z.]+)"/.exec(message)?.[1]])).toEqual([
      ['MISSING_FIELD', 'error', 'id'],
      ['NARROWER_TYPE', 'error', 'n'],
      ['MISSING_FIELD', 'error', 'inner.x'],
      ['EXTRA_FIELD', 'info', 'secret'],
    ]);
  });

  it('projects records that contain themselves', () => {
    const node = (value: string): Schema => record({ name: 'v', type: value }, { name: 'next', type: ['null', 'R'] });
    const bytes = write('avro', node('double'), { v: 1, next: { v: 2, next: null } }, node('int'));
    expect(read('avro', node('double'), bytes)).toEqual({ v: 1, next: { v: 2, next: null } });
  });

  it('names an inferred record after its destination', () => {
    const inferred: Schema = { kind: 'record', name: null, fields: [] };
    expect(writes('avro', {}, inferred).schema).toEqual({ kind: 'record', name: 'orders_eu', fields: [] });
  });

  it('needs a schema for reading and for dynamic types', () => {
    const findings: Finding[] = [];
    expect(codec('avro').reads({}, ['value'], contextOf(findings))).toBeNull();
    expect(findings).toMatchObject([{ code: 'SCHEMA_NEEDED', at: ['value'] }]);
    expect(writes('avro', {}, dynamic).findings).toMatchObject([{ code: 'SCHEMA_NEEDED' }]);
  });

  it('names the path of a value that does not fit, and refuses damaged bytes', () => {
    const schema = record({ name: 'n', type: { type: 'array', items: 'int' } });
    expect(() => write('avro', schema, { n: [1, 'x'] }, dynamic)).toThrow(
      expect.objectContaining({ code: 'NOT_ENCODABLE', message: expect.stringMatching(/^n\[1\]: /) as string }),
    );
    expect(() => read('avro', schema, new Uint8Array([2]))).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_ITEMS' }),
    );
  });
});
