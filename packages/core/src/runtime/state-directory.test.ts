import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PositionFile } from './positions.ts';
import { StateDirectory } from './state-directory.ts';

describe('StateDirectory', () => {
  let folder: string;
  let state: string;
  const inside = (...names: string[]): string => path.join(state, ...names);

  /** Leaves a directory as runs of two sources do. */
  const fill = async (directory: string): Promise<void> => {
    for (const source of ['lines', 'more']) {
      const file = await PositionFile.open(directory, source);
      await file.commit(new Map([['0', { position: 7, offset: 7, failedStarts: 0 }]]));
      await file.close();
    }
    await mkdir(path.join(directory, 'sinks'));
    await writeFile(path.join(directory, 'sinks', 'out.json'), '{}');
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-state-'));
    state = path.join(folder, 'state');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is none where nothing ran, and makes none by looking', async () => {
    expect(await StateDirectory.lock(state)).toBeNull();
    expect(existsSync(state)).toBe(false);
  });

  it('forgets the positions of one source and keeps those of others', async () => {
    await fill(state);
    const directory = await StateDirectory.lock(state);
    expect(directory?.sources).toEqual(['lines', 'more']);
    expect(directory?.splits('lines')).toEqual(['0']);
    expect(directory?.splits('never')).toEqual([]);
    await directory?.forget('lines');
    await directory?.release();
    const lines = await PositionFile.open(state, 'lines');
    const more = await PositionFile.open(state, 'more');
    expect([lines.splits, more.splits]).toEqual([[], ['0']]);
    await lines.close();
    await more.close();
  });

  it('is refused while a live process has one of the sources, and then holds no lock itself', async () => {
    await fill(state);
    // The parent of this process lives as long as it does.
    const lock = inside('positions', 'more.lock');
    await writeFile(lock, String(process.ppid));
    await expect(StateDirectory.lock(state)).rejects.toMatchObject({ code: 'STATE_LOCKED' });
    expect((await readdir(inside('positions'))).sort()).toEqual(['lines.json', 'more.json', 'more.lock']);
    expect(await readFile(lock, 'utf8')).toBe(String(process.ppid));
  });

  it('removes all that runs left, those that were bounded and locks of the dead included', async () => {
    await fill(state);
    await fill(inside('bounded'));
    await writeFile(inside('positions', 'gone.lock'), '999999999');
    await writeFile(inside('positions', 'lines.json.tmp'), '{');
    const directory = await StateDirectory.lock(state);
    expect(await directory?.remove()).toBe(true);
    await directory?.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('removes nothing of somebody else, wherever it lies', async () => {
    await fill(state);
    await mkdir(inside('bounded'), { recursive: true });
    const foreign = ['notes.txt', 'positions/copy.json.bak', 'sinks/readme', 'bounded/kept'];
    for (const name of foreign) await writeFile(inside(name), '');
    const directory = await StateDirectory.lock(state);
    expect(await directory?.remove()).toBe(false);
    await directory?.release();
    const left = await readdir(state, { recursive: true });
    expect(left.sort()).toEqual([...foreign, 'bounded', 'positions', 'sinks'].sort());
  });
});
