import { describe, expect, it } from 'vitest';
import { AvroError } from '../avro-error.ts';
import { createCodec } from '../codec.ts';
import { parseSchema } from '../parse-schema.ts';
import { FRAME_BYTES, writeFrame } from './frame.ts';
import { createFramedDecoder } from './framed-decoder.ts';
import { RegistryError } from './registry-error.ts';

const v1 = parseSchema({ type: 'record', name: 'Order', fields: [{ name: 'id', type: 'int' }] });
const v2 = parseSchema({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'note', type: 'string', default: '-' },
  ],
});
const schemas = new Map([
  [1, v1],
  [2, v2],
  [3, parseSchema('string')],
]);

function setUp(options: Parameters<typeof createFramedDecoder>[1] = {}) {
  const asked: number[] = [];
  const decoder = createFramedDecoder(
    {
      schemaById: async (id) => {
        asked.push(id);
        const schema = schemas.get(id);
        if (schema === undefined) throw new RegistryError('SCHEMA_NOT_FOUND', '', 'No.');
        return { id, schema, text: '', references: [] };
      },
    },
    options,
  );
  return { asked, decoder };
}

function frame(id: number, value: unknown): Uint8Array {
  const datum = createCodec(schemas.get(id)!).encode(value);
  const bytes = new Uint8Array(FRAME_BYTES + datum.length);
  bytes.set(datum, writeFrame(bytes, 0, id));
  return bytes;
}

describe('a decoder of frames', () => {
  it('reads each datum in its writer’s schema, once that was fetched', async () => {
    const { decoder, asked } = setUp();
    const bytes = frame(2, { id: 7, note: 'x' });
    expect(() => decoder.decode(bytes, 0, bytes.length)).toThrow('The schema with the id 2 has not been fetched yet.');
    await decoder.prepare(2);
    expect(decoder.decode(bytes, 0, bytes.length)).toEqual({ id: 7, note: 'x' });
    expect(decoder.prepare(2)).toBeNull();
    expect(asked).toEqual([2]);
  });

  it('shows data of all writers as values of one reader', async () => {
    const { decoder } = setUp({ reader: v2 });
    const old = frame(1, { id: 7 });
    const present = frame(2, { id: 8, note: 'x' });
    await Promise.all([decoder.prepare(1), decoder.prepare(2)]);
    expect(decoder.decode(old, 0, old.length)).toEqual({ id: 7, note: '-' });
    expect(decoder.decode(present, 0, present.length)).toEqual({ id: 8, note: 'x' });
    await expect(decoder.prepare(3)).rejects.toMatchObject({ name: 'AvroError', code: 'RESOLUTION_FAILED' });
  });

  it('keeps so many ids prepared, and says of the others that they are not', async () => {
    const { decoder } = setUp({ maxIds: 1 });
    await decoder.prepare(1);
    await decoder.prepare(2);
    const bytes = frame(1, { id: 7 });
    const caught = (() => {
      try {
        return decoder.decode(bytes, 0, bytes.length);
      } catch (error) {
        return error;
      }
    })();
    expect(caught).toMatchObject({ code: 'SCHEMA_NOT_READY', retryable: true });
  });

  it('refuses what is no frame and what is damaged behind one', async () => {
    const { decoder } = setUp();
    await decoder.prepare(1);
    const bytes = frame(1, { id: 7 });
    expect(() => decoder.decode(bytes, 0, 4)).toThrow(AvroError);
    expect(() => decoder.decode(bytes, 0, FRAME_BYTES)).toThrow(AvroError);
    expect(() => decoder.decode(Uint8Array.from([...bytes, 0]), 0, bytes.length + 1)).toThrow(AvroError);
    await expect(decoder.prepare(9)).rejects.toMatchObject({ code: 'SCHEMA_NOT_FOUND' });
  });
});
