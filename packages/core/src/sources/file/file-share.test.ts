import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FilePosition } from './file-position.ts';
import { FileShare } from './file-share.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-share-'));
  for (const [name, text] of Object.entries({ a: '12345', b: '1234567890', c: '' }))
    await writeFile(path.join(folder, name), text);
});
afterEach(() => rm(folder, { recursive: true }));

const files = (...names: string[]) => names.map((name) => ({ name, path: path.join(folder, name) }));
const at = (file: string, byte: number, done = false): FilePosition => ({
  file,
  byte,
  done,
  index: 0,
  offset: 0,
  head: '',
});

it('counts the bytes of the files before a position and of its own, of all', async () => {
  const share = await FileShare.of(files('a', 'b', 'c'));
  expect(share?.at(null)).toEqual({ done: 0, total: 15 });
  expect(share?.at(at('a', 3))).toEqual({ done: 3, total: 15 });
  expect(share?.at(at('a', 5, true))).toEqual({ done: 5, total: 15 });
  expect(share?.at(at('b', 4))).toEqual({ done: 9, total: 15 });
  // A file that grew since is no more than it was.
  expect(share?.at(at('b', 40))).toEqual({ done: 15, total: 15 });
  expect(share?.at(at('c', 0, true))).toEqual({ done: 15, total: 15 });
});

it('knows nothing of compressed files, whose positions lie in what they unpack to, and counts one that is gone as empty', async () => {
  expect(await FileShare.of(files('a', 'd.gz'))).toBeNull();
  expect((await FileShare.of(files('a', 'gone')))?.at(null)).toEqual({ done: 0, total: 5 });
});
