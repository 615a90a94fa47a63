import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WatchedFiles } from './watched-files.ts';

describe('Watched files', () => {
  let folder: string;
  let watched: WatchedFiles;
  let told: string[];
  let tell: () => void;
  const file = (name: string): string => path.join(folder, name);
  const write = (name: string, text: string): void => writeFileSync(file(name), text);
  /** Resolves when a file has been told of. */
  const heard = async (name: string): Promise<void> => {
    while (!told.includes(name)) await new Promise<void>((resolve) => (tell = resolve));
  };
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-watched-'));
    told = [];
    tell = () => {};
    watched = new WatchedFiles((files) => {
      told.push(...files.map((one) => path.basename(one)));
      tell();
    });
    write('a', '1');
    write('b', '1');
  });
  afterEach(() => {
    watched.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are told of when a new file is put in the place of the old one, and when they come and go', async () => {
    watched.set([file('a'), file('b'), file('new')], Infinity);
    write('a.tmp', '2');
    renameSync(file('a.tmp'), file('a'));
    await heard('a');
    write('new', '1');
    await heard('new');
    rmSync(file('b'));
    await heard('b');
    expect(told).toEqual(['a', 'new', 'b']);
  });

  it('are not told of when their content is the same, nor others of the folder', async () => {
    watched.set([file('a'), file('b')], Infinity);
    write('a', '1');
    write('other', '1');
    write('b', '2');
    await heard('b');
    expect(told).toEqual(['b']);
  });

  it('are told of when they were written while they were not watched', () => {
    watched.set([file('a'), file('b')], Infinity);
    write('a', '2');
    watched.set([file('a'), file('b')], 0);
    expect(told).toEqual(['a']);
  });

  it('may lie in a folder that is not there', () => {
    expect(() => watched.set([file('samples/orders.ndjson')], 0)).not.toThrow();
    expect(told).toEqual([]);
  });
});
