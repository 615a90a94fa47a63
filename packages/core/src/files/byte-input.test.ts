import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openInput, piecesOf } from './byte-input.ts';
import { packerOf } from './pack.ts';
import { packSnappy } from './snappy-frames.ts';

const golden = path.resolve(import.meta.dirname, '../../../../test/golden/compressed');
const lines = Array.from({ length: 50_000 }, (_, n) => `record ${n % 97} ${'x'.repeat(n % 13)}\n`);
const text = Buffer.from(lines.join(''));

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'byte-input-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
}

/** Reads a file from a byte on; no piece may be larger than a bound that has nothing to do with the file. */
async function read(file: string, byte = 0): Promise<Buffer | null> {
  const input = await openInput(file, byte);
  if (input === null) return null;
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(input, 4096)) {
    expect(piece.length).toBeLessThanOrEqual(131_072);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

describe('a compressed file', () => {
  it.each([
    ['text.zst', text],
    ['frames.zst', text],
    ['streams.sz', text.subarray(0, 150_000)],
  ])('%s that another program wrote is read as what it was made of, from any byte on', async (name, expected) => {
    const file = path.join(golden, name);
    expect((await read(file))?.equals(expected)).toBe(true);
    for (const byte of [1, 65_536, 131_073, expected.length - 1, expected.length])
      expect((await read(file, byte))?.equals(expected.subarray(byte)), String(byte)).toBe(true);
    expect(await read(file, expected.length + 1)).toBeNull();
  });

  it('of members of gzip one after the other is one text', async () => {
    const file = await put('a.gz', Buffer.concat([gzipSync(text.subarray(0, 10)), gzipSync(text.subarray(10))]));
    expect((await read(file))?.equals(text)).toBe(true);
    expect((await read(file, 70_001))?.equals(text.subarray(70_001))).toBe(true);
  });

  it('that we pack piece by piece is read back', async () => {
    for (const [compression, extension] of [
      ['gzip', 'gz'],
      ['snappy', 'sz'],
      ['zstandard', 'zst'],
    ] as const) {
      const pack = packerOf(compression);
      // Only Node 22.15 and later write Zstandard; those that cannot say so.
      if (pack === null) {
        expect(extension).toBe('zst');
        continue;
      }
      const packed = Buffer.concat([0, 200_000, 200_007].map((at, i, all) => pack(text.subarray(at, all[i + 1]))));
      expect((await read(await put(`x.${extension}`, packed)))?.equals(text), extension).toBe(true);
    }
  });

  it('without anything in it has no bytes', async () => {
    expect(await read(await put('e.gz', gzipSync('')))).toEqual(Buffer.alloc(0));
    expect(await read(await put('e.sz', packSnappy(new Uint8Array(0))))).toEqual(Buffer.alloc(0));
  });

  it('that asks for a window of a gigabyte is refused before it is allocated', async () => {
    await expect(read(path.join(golden, 'long.zst'))).rejects.toThrow('needs a window of 1073741824 bytes');
  });

  it('that is no such file, or raw Snappy, is refused', async () => {
    await expect(read(await put('a.zst', Buffer.from('{"a":1}\n')))).rejects.toThrow('no frame of Zstandard');
    await expect(read(await put('b.zst', Buffer.from('x')))).rejects.toThrow('Zstandard');
    await expect(read(await put('a.sz', Buffer.from('{"a":1}\n')))).rejects.toThrow('framing format');
    await expect(read(await put('a.snappy', Buffer.alloc(0)))).rejects.toThrow('framing format');
    await expect(read(await put('a.gz', Buffer.from('{"a":1}\n')))).rejects.toThrow('incorrect header');
  });

  it('that is cut anywhere is refused, or gives what stood before', async () => {
    for (const name of ['text.zst', 'frames.zst', 'streams.sz']) {
      const bytes = await readFile(path.join(golden, name));
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: bytes.length - 1 }), async (length) => {
          const file = await put(`cut${path.extname(name)}`, bytes.subarray(0, length));
          const result = await read(file).catch((error: Error) => error);
          if (result instanceof Error) expect(result.message).toMatch(/end|broken|Zstandard|begin|Unexpected EOF|EOF/i);
          else expect(text.subarray(0, result?.length).equals(result as Buffer)).toBe(true);
        }),
        { numRuns: 15 },
      );
    }
  });

  it('with bytes changed neither hangs nor gives more than its chunks can hold', async () => {
    for (const name of ['text.zst', 'frames.zst', 'streams.sz']) {
      const bytes = await readFile(path.join(golden, name));
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), async (at, value) => {
          const changed = Buffer.from(bytes);
          changed[at] = value;
          const result = await read(await put(`changed${path.extname(name)}`, changed)).catch((error: Error) => error);
          if (!(result instanceof Error)) expect(result?.length).toBeLessThan(text.length * 50);
          else if (name.endsWith('.sz')) expect(result.message).toMatch(/Snappy|block|literal|copy|ends|length/);
        }),
        { numRuns: 12 },
      );
    }
  });
});
