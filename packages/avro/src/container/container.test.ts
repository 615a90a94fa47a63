import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { parseSchema } from '../parse-schema.ts';
import type { ContainerBlock } from './container-block.ts';
import { ContainerError } from './container-error.ts';
import { appendToContainer, createContainerWriter, type WriteContainerOptions } from './container-writer.ts';
import { readContainer, resumeContainer, type ReadContainerOptions } from './read-container.ts';
import { writeContainer } from './write-container.ts';
import { canWriteZstandard } from './zstandard-codec.ts';

const JSON_SCHEMA = {
  type: 'record',
  name: 'shop.Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'tags', type: { type: 'array', items: 'string' } },
  ],
};
const SCHEMA = parseSchema(JSON_SCHEMA);
const RECORDS = Array.from({ length: 500 }, (_, id) => ({
  id,
  note: id % 3 === 0 ? null : `note ${id}`,
  tags: ['a', 'b'].slice(id % 3),
}));
const CODECS = ['null', 'deflate', 'snappy', ...(canWriteZstandard ? (['zstandard'] as const) : [])] as const;
const SYNC = new Uint8Array(16).fill(0x5a);

async function fileOf(options: WriteContainerOptions, records: unknown[] = RECORDS): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of writeContainer(SCHEMA, records, { sync: SYNC, blockBytes: 1000, ...options }))
    parts.push(part);
  return Buffer.concat(parts);
}

/** Cuts a file into chunks that end anywhere. */
function* chunksOf(file: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
}

async function readAll(file: Uint8Array, options: ReadContainerOptions = {}, size = 100): Promise<unknown[]> {
  const { blocks } = await readContainer(chunksOf(file, size), options);
  const records: unknown[] = [];
  for await (const block of blocks) records.push(...block.records());
  return records;
}

async function faultOf(act: () => Promise<unknown>): Promise<{ code: string; offset: number; message: string }> {
  try {
    await act();
  } catch (error) {
    expect(error).toBeInstanceOf(ContainerError);
    return error as ContainerError;
  }
  throw new Error('It was accepted.');
}

describe.each(CODECS)('a container file with the codec %s', (codec) => {
  it.each([1, 7, 1000, 1_000_000])('is read back from chunks of %i bytes', async (size) => {
    expect(await readAll(await fileOf({ codec }), {}, size)).toEqual(RECORDS);
  });

  it('goes on from every block', async () => {
    const file = await fileOf({ codec });
    const { header, blocks } = await readContainer([file]);
    let record = 0;
    let count = 0;
    for await (const block of blocks) {
      expect(block.position).toMatchObject({ block: count++, record });
      const rest: unknown[] = [];
      const again = resumeContainer(header, chunksOf(file.subarray(block.position.offset), 64), block.position);
      let next = block.position;
      for await (const other of again) {
        expect(other.position).toEqual(next);
        next = other.next;
        rest.push(...other.records());
      }
      expect(rest).toEqual(RECORDS.slice(record));
      expect(next).toMatchObject({ offset: file.length, record: RECORDS.length });
      record = block.next.record;
    }
    expect(count).toBeGreaterThan(5);
  });

  it('is refused wherever it ends within a block or the header, with the place', async () => {
    const file = await fileOf({ codec }, RECORDS.slice(0, 90));
    const { header, blocks } = await readContainer([file]);
    const starts: number[] = [];
    for await (const block of blocks) starts.push(block.position.offset);
    for (let length = 0; length < file.length; length++) {
      if (length === header.length || starts.includes(length)) continue;
      const fault = await faultOf(() => readAll(file.subarray(0, length), {}, 1000));
      const start = Math.max(0, ...starts.filter((offset) => offset < length));
      expect(fault).toMatchObject({ code: length < 4 ? 'NOT_A_CONTAINER' : 'TRUNCATED', offset: start });
      if (start > 0) expect(fault.message).toContain(`The file ends inside of the block at byte ${start}: `);
    }
  });

  it('throws nothing but ContainerError for bytes that were changed', async () => {
    const file = await fileOf({ codec }, RECORDS.slice(0, 60));
    const { header } = await readContainer([file]);
    let refused = 0;
    for (let at = header.length; at < file.length; at++) {
      for (const value of [0, 0x7f, 0x80, 0xff]) {
        const broken = Buffer.from(file);
        broken[at] = value;
        try {
          await readAll(broken, {}, 100_000);
        } catch (error) {
          expect(error).toBeInstanceOf(ContainerError);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(100);
  });

  it('is appended to', async () => {
    const file = await fileOf({ codec }, RECORDS.slice(0, 100));
    const { header } = await readContainer([file]);
    const writer = appendToContainer(header, { blockBytes: 500 });
    const parts = [file, writer.begin(), ...RECORDS.slice(100).map((record) => writer.write(record)), writer.flush()];
    expect(writer.begin()).toHaveLength(0);
    expect(writer.pending).toBe(0);
    expect(await readAll(Buffer.concat(parts.filter((part) => part !== null)))).toEqual(RECORDS);
  });
});

describe('readContainer', () => {
  it('shows the records as values of another schema', async () => {
    const reader = parseSchema({
      type: 'record',
      name: 'Order',
      fields: [
        { name: 'number', type: 'double', aliases: ['id'] },
        { name: 'paid', type: 'boolean', default: false },
      ],
    });
    const records = await readAll(await fileOf({}), { reader });
    expect(records.slice(0, 2)).toEqual([{ number: 0, paid: false }, { number: 1, paid: false }]); // prettier-ignore
    const other = parseSchema({ type: 'record', name: 'Order', fields: [{ name: 'new', type: 'int' }] });
    await expect(readAll(await fileOf({}), { reader: other })).rejects.toMatchObject({ code: 'RESOLUTION_FAILED' });
  });

  it('gives the bytes of records, which can be written as they are', async () => {
    const { header, blocks } = await readContainer([await fileOf({ codec: 'deflate' })]);
    const writer = createContainerWriter(header.schema, { codec: 'snappy' });
    const parts: (Uint8Array | null)[] = [writer.begin()];
    for await (const block of blocks) {
      const { buffer, starts, ends } = block.encoded();
      starts.forEach((start, index) => parts.push(writer.writeEncoded(buffer, start, ends[index] as number)));
      buffer.fill(0xff);
    }
    parts.push(writer.flush());
    expect(await readAll(Buffer.concat(parts.filter((part) => part !== null)))).toEqual(RECORDS);
  });

  it('closes its source when the loop ends early, or the header is broken', async () => {
    let closed = 0;
    const source = async function* (file: Uint8Array): AsyncGenerator<Uint8Array> {
      try {
        yield* chunksOf(file, 50);
      } finally {
        closed++;
      }
    };
    const { blocks } = await readContainer(source(await fileOf({})));
    for await (const block of blocks) {
      expect(block.count).toBeGreaterThan(0);
      break;
    }
    expect(closed).toBe(1);
    await expect(readContainer(source(Buffer.alloc(1000)))).rejects.toMatchObject({ code: 'NOT_A_CONTAINER' });
    expect(closed).toBe(2);
  });

  it('keeps the metadata, and names the record that is broken', async () => {
    const metadata = new Map([['owner', 'team'], ['__proto__', 'x']]); // prettier-ignore
    const file = await fileOf({ metadata }, [{ id: 1, note: 'é', tags: [] }]);
    const { header } = await readContainer([file]);
    expect(
      Object.fromEntries([...header.metadata].map(([key, value]) => [key, Buffer.from(value).toString()])),
    ).toMatchObject({
      owner: 'team',
      'avro.codec': 'null',
    });
    expect(Buffer.from(header.metadata.get('__proto__') ?? []).toString()).toBe('x');
    file[file.indexOf(Buffer.from('é')) + 1] = 0x20;
    const fault = await faultOf(() => readAll(file));
    expect(fault).toMatchObject({
      code: 'BAD_RECORD',
      offset: header.length,
      cause: { code: 'BAD_UTF8', path: 'note' },
    });
    expect(fault.message).toMatch(/^Record 0 of the file, in the block at byte \d+: note: the text is not UTF-8\.$/);
  });

  it.each(['bzip2', 'xz', 'lzma'])('refuses the codec %s by its name', async (codec) => {
    const file = Buffer.from((await fileOf({ codec: 'deflate' })).toString('latin1').replace('\x0edeflate', `${String.fromCharCode(codec.length * 2)}${codec}`), 'latin1'); // prettier-ignore
    const fault = await faultOf(() => readContainer([file]));
    expect(fault).toMatchObject({ code: 'UNSUPPORTED_CODEC' });
    expect(fault.message).toContain(
      `"${codec}", which is not supported. Supported are: null, deflate, snappy, zstandard.`,
    );
  });

  it('refuses a header whose schema is not valid, with the pointer', async () => {
    const file = Buffer.from((await fileOf({})).toString('latin1').replace('"long"', '"lunk"'), 'latin1');
    const fault = await faultOf(() => readContainer([file]));
    expect(fault.code).toBe('BAD_HEADER');
    expect(fault.message).toMatch(/at "\/fields\/0\/type": There is no type "lunk"/);
  });

  it('refuses blocks that are larger than allowed, in the file or decompressed', async () => {
    const file = await fileOf({ codec: 'deflate' }, [{ id: 1, note: 'x'.repeat(100_000), tags: [] }]);
    expect(await faultOf(() => readAll(file, { maxBlockBytes: 10 }))).toMatchObject({ code: 'TOO_LARGE' });
    const fault = await faultOf(() => readAll(file, { maxBlockBytes: 50_000 }));
    expect(fault.message).toMatch(/has more than 50000 bytes when decompressed/);
  });
});

describe('createContainerWriter', () => {
  it('refuses options that do not fit', () => {
    const bad = (options: WriteContainerOptions): void => void createContainerWriter(SCHEMA, options);
    expect(() => bad({ sync: new Uint8Array(3) })).toThrow('A sync marker has 16 bytes.');
    expect(() => bad({ metadata: new Map([['avro.codec', 'x']]) })).toThrow(
      'The metadata "avro.codec" belongs to Avro.',
    );
    expect(() => bad({ codec: 'bzip2' as 'null' })).toThrow('"bzip2", which is not supported');
    if (!canWriteZstandard) expect(() => bad({ codec: 'zstandard' })).toThrow(/needs Node 22\.15/);
  });

  it('names an outermost record that has no name', async () => {
    const writer = createContainerWriter({ kind: 'record', name: null, fields: [] }, { name: 'x.Out' });
    const { header } = await readContainer([writer.begin()]);
    expect(header.schema).toMatchObject({ name: 'x.Out' });
  });

  it('leaves out a record that does not fit, and goes on', async () => {
    const writer = createContainerWriter(SCHEMA);
    writer.write(RECORDS[0]);
    expect(() => writer.write({ id: 'x' })).toThrow('id: expected long, got string "x"');
    expect(writer.pending).toBe(1);
    expect(await readAll(Buffer.concat([writer.begin(), writer.flush() as Uint8Array]))).toEqual([RECORDS[0]]);
  });
});

describe('avsc', () => {
  const ofAvsc = async (file: Buffer): Promise<unknown[]> => {
    const decoder = new avsc.streams.BlockDecoder();
    decoder.end(file);
    const records: unknown[] = [];
    for await (const record of decoder) records.push({ ...(record as object) });
    return records;
  };

  it.each(['null', 'deflate'] as const)('reads what is written with the codec %s', async (codec) => {
    expect(await ofAvsc(await fileOf({ codec }))).toEqual(RECORDS);
  });

  it.each(['null', 'deflate'] as const)('writes with the codec %s what is read', async (codec) => {
    const encoder = new avsc.streams.BlockEncoder(JSON_SCHEMA as never, { codec, blockSize: 1000 });
    for (const record of RECORDS) encoder.write(record);
    encoder.end();
    const parts: Buffer[] = [];
    for await (const part of encoder) parts.push(part as Buffer);
    expect(await readAll(Buffer.concat(parts))).toEqual(RECORDS);
  });
});

it('has blocks whose bytes are decompressed once, and only when asked for', async () => {
  const { blocks } = await readContainer([await fileOf({ codec: 'deflate' })]);
  let block: ContainerBlock | undefined;
  for await (block of blocks) break;
  expect(block?.bytes()).toBe(block?.bytes());
});
