import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCodec, createContainerWriter, parseSchema } from '@headrace/avro';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BytesColumn, Columns } from '../../record/columns.ts';
import { ContainerCursor, type ContainerOptions } from './container-cursor.ts';
import type { FilePosition } from './file-position.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'container-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const schema = parseSchema({ type: 'record', name: 'R', fields: [{ name: 'text', type: 'string' }] });
const codec = createCodec(schema);
const options: ContainerOptions = { node: 'in', maxRecord: 1000, form: () => -1 };

async function fileOf(texts: readonly string[], blockBytes = 30): Promise<{ name: string; path: string }> {
  const writer = createContainerWriter(schema, { codec: 'deflate', blockBytes });
  const blocks = texts.map((text) => writer.write({ text }) ?? new Uint8Array(0));
  const file = path.join(folder, 'x.avro');
  await writeFile(file, Buffer.concat([writer.begin(), ...blocks, writer.flush() ?? new Uint8Array(0)]));
  return { name: 'x.avro', path: file };
}

const textsIn = ({ values, count }: Columns): string[] => {
  const { buffer, starts, ends } = values as BytesColumn;
  return Array.from(
    { length: count },
    (_, row) => (codec.decode(buffer, starts[row]!, ends[row]!) as { text: string }).text,
  );
};

async function readAll(cursor: ContainerCursor, limit = { records: 1000, bytes: 1 << 20 }) {
  const texts: string[] = [];
  const positions: { at: FilePosition; rows: number }[] = [];
  for (let columns = await cursor.read(limit); columns !== null; columns = await cursor.read(limit)) {
    expect([...columns.offsets]).toEqual(Array.from({ length: columns.count }, (_, row) => 7 + texts.length + row));
    expect(columns.count).toBeLessThanOrEqual(limit.records);
    texts.push(...textsIn(columns));
    positions.push({ at: JSON.parse(JSON.stringify(cursor.position)) as FilePosition, rows: texts.length });
  }
  positions.push({ at: cursor.position, rows: texts.length });
  await cursor.close();
  return { texts, positions };
}

describe('a container file', () => {
  it('gives its records, whole or resumed at any place, in bites of any size', async () => {
    const records = fc.array(fc.string({ maxLength: 12 }), { maxLength: 30 });
    const limits = fc.record({ records: fc.integer({ min: 1, max: 9 }), bytes: fc.integer({ min: 1, max: 60 }) });
    await fc.assert(
      fc.asyncProperty(records, limits, fc.integer({ min: 1, max: 60 }), async (texts, limit, blockBytes) => {
        const file = await fileOf(texts, blockBytes);
        const whole = await readAll(await ContainerCursor.begin(file, 7, options), limit);
        expect(whole.texts).toEqual(texts);
        expect(whole.positions.at(-1)?.at.done).toBe(true);
        for (const { at, rows } of whole.positions) {
          const cursor = await ContainerCursor.resume(file, at, options);
          const rest: string[] = [];
          for (let columns = await cursor.read(limit); columns !== null; columns = await cursor.read(limit))
            rest.push(...textsIn(columns));
          await cursor.close();
          expect(rest).toEqual(texts.slice(rows));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is not gone on in where it shrank, became another, or lost records of the block', async () => {
    const file = await fileOf(['a', 'b', 'c', 'd'], 1000);
    const { positions } = await readAll(await ContainerCursor.begin(file, 7, options), { records: 3, bytes: 1000 });
    const [inBlock, after] = [positions[0]!, positions[1]!];
    expect(inBlock.at).toMatchObject({ index: 3, blockIndex: 0 });
    await expect(ContainerCursor.resume(file, { ...inBlock.at, index: 4 }, options)).rejects.toMatchObject({
      code: 'FILE_CHANGED',
    });
    await expect(ContainerCursor.resume(file, { ...after.at, byte: 9999 }, options)).rejects.toMatchObject({
      code: 'FILE_CHANGED',
    });
    await fileOf(['a', 'b', 'c', 'd'], 1000);
    await expect(ContainerCursor.resume(file, inBlock.at, options)).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  });

  it('refuses a record over the limit', async () => {
    const file = await fileOf(['a', 'x'.repeat(2000)]);
    const cursor = await ContainerCursor.begin(file, 7, options);
    await cursor.read({ records: 1, bytes: 10 });
    await expect(cursor.read({ records: 9, bytes: 1 << 20 })).rejects.toMatchObject({
      code: 'LINE_TOO_LONG',
      place: { offset: 8 },
    });
    await cursor.close();
  });
});
