import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPositions, writePositions } from './position-list.ts';

describe('positions in a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-positions-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const read = async (text: string) => {
    const file = path.join(folder, 'read.csv');
    await writeFile(file, text);
    return readPositions(file);
  };

  it('are read as kafka-consumer-groups exports them', async () => {
    expect(await read('"orders",0,17\r\n# by hand\n\norders.eu-1, 11 , 0\n')).toEqual(
      new Map([
        ['orders/0', 17],
        ['orders.eu-1/11', 0],
      ]),
    );
  });

  it('are read back as they were written, and never written over a file', async () => {
    const file = path.join(folder, 'saved.csv');
    const positions = new Map([
      ['orders/0', 5],
      ['orders/1', 9_007_199_254_740],
    ] as const);
    await writePositions(file, positions);
    expect(await readPositions(file)).toEqual(positions);
    await expect(writePositions(file, new Map())).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(await readFile(file, 'utf8')).toBe('orders,0,5\norders,1,9007199254740\n');
  });

  it.each([
    ['orders,0', /^Line 1 of .* is not/],
    ['orders,0,-1', /^Line 1 of .* is not/],
    ['orders,0,1\nbad topic,0,1', /^Line 2 of .* is not/],
    ['orders,x,1', /^Line 1 of .* is not/],
    ['orders,0,1\norders,0,2', /^Line 2 of .* is the second one for orders\/0\.$/],
    ['orders,0,99999999999999999999', /^Line 1 of .* is not/],
  ])('are refused as a whole where a line is none: %j', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'WRONG_RESET', message: expect.stringMatching(message) });
  });

  it('are refused where there is no file', async () => {
    await expect(readPositions(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
