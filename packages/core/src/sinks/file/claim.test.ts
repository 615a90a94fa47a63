import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Claim, type ClaimRequest } from './claim.ts';
import { partName, type FileLayout } from './layout.ts';

let folder = '';
let layout: FileLayout = { folder: '', stem: '', extension: '', single: null, isTree: false };
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'claim-'));
  await mkdir(path.join(folder, 'out'));
  layout = {
    folder: path.join(folder, 'out'),
    stem: 'rest',
    extension: '.ndjson',
    single: path.join(folder, 'out', 'rest.ndjson'),
    isTree: false,
  };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const take = (request: Partial<ClaimRequest> = {}): Promise<Claim> =>
  Claim.take({
    node: 'rest',
    stateDirectory: path.join(folder, 'state'),
    layout,
    existing: undefined,
    fresh: true,
    ...request,
  });
const put = (name: string): Promise<void> => writeFile(path.join(folder, 'out', name), 'x');
const names = (): Promise<string[]> => readdir(path.join(folder, 'out'));

describe('a claim', () => {
  it('refuses a path where files of somebody else lie, complete or not, and leaves them', async () => {
    for (const name of [
      'rest.ndjson',
      'rest.ndjson.part',
      partName(layout, 0, 'a/1', 7),
      partName(layout, 3, 'a', 7),
    ]) {
      await put(name);
      await expect(take(), name).rejects.toMatchObject({
        code: 'FILE_EXISTS',
        place: { node: 'rest', file: path.join(layout.folder, name) },
      });
      await expect(take({ existing: 'replace', fresh: false }), name).rejects.toMatchObject({ code: 'FILE_EXISTS' });
      expect(await names()).toEqual([name]);
      await rm(path.join(layout.folder, name));
    }
  });

  it('passes over files that no sink of this path could have written', async () => {
    for (const name of ['README', 'rest.txt', 'rest-a-7.ndjson', 'other-a-00000000000000000007.ndjson'])
      await put(name);
    expect((await take()).generation).toBe(0);
    expect(await names()).toHaveLength(4);
  });

  it('holds for later runs, until the path is another', async () => {
    await take();
    await put('rest.ndjson');
    expect((await take({ fresh: false })).generation).toBe(0);
    await expect(take({ layout: { ...layout, extension: '.txt', single: layout.single } })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    });
  });

  it('replaces them in a run that begins from nothing', async () => {
    await put('rest.ndjson');
    await put('README');
    expect((await take({ existing: 'replace' })).generation).toBe(0);
    expect(await names()).toEqual(['README']);
  });

  it('counts the generations of files that are added to', async () => {
    await put(partName(layout, 0, 'a', 1));
    expect((await take({ existing: 'append' })).generation).toBe(1);
    await put(partName(layout, 1, 'a', 1));
    expect((await take({ existing: 'append', node: 'other' })).generation).toBe(2);
    expect((await take({ existing: 'append' })).generation).toBe(1);
  });

  it('leaves files to another sink of the topology with a longer stem', async () => {
    const longer = { ...layout, stem: 'rest-eu', single: null, isTree: false };
    await take({ node: 'eu', layout: longer });
    await put(partName(longer, 0, 'a', 1));
    expect((await take()).generation).toBe(0);
  });

  it('is one small file, readable by its owner only, and refused where it is damaged', async () => {
    const claim = await take();
    const single = { task: 'a', from: 1, bytesFrom: 0, to: 3, bytesTo: 20 };
    await claim.setSingle(single);
    const file = path.join(folder, 'state', 'sinks', 'rest.json');
    const data: unknown = JSON.parse(await readFile(file, 'utf8'));
    expect(data).toEqual({ version: 1, path: '../out/rest', extension: '.ndjson', generation: 0, single });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await take()).single).toEqual(single);
    await writeFile(file, '{}');
    await expect(take()).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
  });
});
