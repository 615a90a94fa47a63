import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PositionFile } from './positions.ts';

describe('PositionFile', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'headrace-positions-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('gives back what was committed by an earlier run', async () => {
    const first = await PositionFile.open(directory, 'lines');
    await first.commit(new Map([['0', { position: { index: 7 }, offset: 7, failedStarts: 0 }]]));
    await first.close();
    const second = await PositionFile.open(directory, 'lines');
    expect(second.get('0')).toEqual({ position: { index: 7 }, offset: 7, failedStarts: 0 });
    await second.close();
  });

  it('refuses a second reader while the first one lives, and takes over the lock of a dead one', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await PositionFile.open(directory, 'lines').then((file) => file.close());
    const lock = path.join(directory, 'positions', 'lines.lock');
    await writeFile(lock, String(child.pid));
    await expect(PositionFile.open(directory, 'lines')).rejects.toMatchObject({ code: 'STATE_LOCKED' });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const file = await PositionFile.open(directory, 'lines');
    expect(await readFile(lock, 'utf8')).toBe(String(process.pid));
    await file.close();
  });

  it('takes what a source had under another id, once, and not while somebody else reads there', async () => {
    const before = await PositionFile.open(directory, 'lines');
    await before.commit(new Map([['0', { position: { index: 7 }, offset: 7, failedStarts: 0 }]]));
    await before.close();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const lock = path.join(directory, 'positions', 'lines.lock');
    await writeFile(lock, String(child.pid));
    await expect(PositionFile.open(directory, 'rows', 'lines')).rejects.toMatchObject({ code: 'STATE_LOCKED' });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const after = await PositionFile.open(directory, 'rows', 'lines');
    expect(after.get('0')?.offset).toBe(7);
    await after.commit(new Map([['0', { position: { index: 9 }, offset: 9, failedStarts: 0 }]]));
    await after.close();
    // Somebody begins under the old id: that is another source.
    const other = await PositionFile.open(directory, 'lines');
    expect(other.splits).toEqual([]);
    await other.commit(new Map([['0', { position: { index: 1 }, offset: 1, failedStarts: 0 }]]));
    await other.close();
    const again = await PositionFile.open(directory, 'rows', 'lines');
    expect(again.get('0')?.offset).toBe(9);
    await again.close();
  });

  it('refuses a file that it did not write, and says how to go on', async () => {
    await PositionFile.open(directory, 'lines').then((file) => file.close());
    await writeFile(path.join(directory, 'positions', 'lines.json'), '{"version":9}');
    await expect(PositionFile.open(directory, 'lines')).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
  });
});
