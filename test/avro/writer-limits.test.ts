import { createCodec, Output, parseSchema, type AvroError, type RecordSchema, type Schema } from '@headrace/avro';
import { describe, expect, it } from 'vitest';
import { tryWriter, type Plan } from './try-writer.ts';

const record = (name: string, ...types: unknown[]): unknown => ({
  type: 'record',
  name,
  fields: types.map((type, index) => ({ name: `f${index}`, type })),
});
const array = (items: unknown): unknown => ({ type: 'array', items });
const value = (given: unknown): Plan => ({ from: 'value', value: given });

/** Writes a datum by generated code; returns its bytes or the error. */
function write(input: Schema, datum: unknown, target: Schema, plan: Record<string, Plan>): Uint8Array | AvroError {
  const bytes = createCodec(input).encode(datum);
  const output = new Output();
  try {
    tryWriter(input, input as RecordSchema, target as RecordSchema, plan)(bytes, output);
    return output.buffer.subarray(0, output.position);
  } catch (error) {
    expect(output.position).toBe(0);
    return error as AvroError;
  }
}

describe('limits of a datum, for generated writers', () => {
  const nulls = Array.from({ length: 600_000 }, () => null);
  const none = parseSchema(record('None'));

  for (const [items, item] of Object.entries({ null: null, int: 7, boolean: true })) {
    const schema = parseSchema(record('R', array(items), array(items)));
    const many = nulls.map(() => item);

    it(`counts the items of all arrays of ${items} together, as readers do`, () => {
      const refused = write(none, {}, schema, { f0: value(many), f1: value(many) });
      expect(refused).toMatchObject({ name: 'AvroError', code: 'TOO_MANY_ITEMS' });
      expect((refused as AvroError).path).toMatch(/^f1/);
      const few = write(none, {}, schema, { f0: value(many), f1: value(many.slice(0, 400_000)) }) as Uint8Array;
      expect(createCodec(schema).decode(few, 0, few.length)).toHaveProperty('f1.length', 400_000);
    });

    it(`counts copied arrays of ${items} together with written ones`, () => {
      const refused = write(schema, { f0: many, f1: [] }, schema, { f0: { from: 'input' }, f1: value(many) });
      expect(refused).toMatchObject({ name: 'AvroError', code: 'TOO_MANY_ITEMS' });
      const moved = write(schema, { f0: many, f1: [] }, schema, { f0: value([]), f1: value(many) });
      expect(moved).toBeInstanceOf(Uint8Array);
    });
  }

  it('counts maps by themselves, too', () => {
    const maps = array({ type: 'map', values: 'int' });
    const schema = parseSchema(record('R', maps, maps));
    const many = Array.from({ length: 80_000 }, () => ({}));
    expect(write(none, {}, schema, { f0: value(many), f1: value(many) })).toMatchObject({ code: 'TOO_MANY_ITEMS' });
  });

  it('counts the depth of values and copies from the outermost record on', () => {
    const node = record('Node', ['null', 'Node']);
    const schema = parseSchema(record('Outer', record('Inner', node))) as RecordSchema;
    let chain: unknown = null;
    for (let depth = 0; depth < 510; depth++) chain = { f0: chain };
    const nested = (given: unknown): Record<string, Plan> => ({ f0: { from: 'fields', fields: { f0: value(given) } } });
    const fits = write(none, {}, schema, nested(chain)) as Uint8Array;
    expect(createCodec(schema).decode(fits, 0, fits.length)).toEqual({ f0: { f0: chain } });
    expect(write(none, {}, schema, nested({ f0: chain }))).toMatchObject({ code: 'TOO_DEEP' });
  });
});
