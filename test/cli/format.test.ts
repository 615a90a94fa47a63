import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runHeadrace } from '../typescript/run-headrace.ts';

const topology = fileURLToPath(new URL('../../topologies/orders/topology.json', import.meta.url));

describe('headrace format', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-format-'));
    await cp(topology, file('a.json'));
    await writeFile(file('b.json'), '{"headrace":1}');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('lists what is not laid out when it only checks, and changes nothing', async () => {
    await runHeadrace(folder, 'format', 'a.json');
    expect(await runHeadrace(folder, 'format', '--check', 'a.json', 'b.json')).toMatchObject({
      code: 1,
      stdout: 'b.json\n',
    });
    expect(await readFile(file('b.json'), 'utf8')).toBe('{"headrace":1}');
  });

  it('writes the layout, after which there is nothing to do', async () => {
    expect(await runHeadrace(folder, 'format', 'a.json', 'b.json')).toMatchObject({ code: 0 });
    expect(await readFile(file('b.json'), 'utf8')).toBe('{\n  "headrace": 1\n}\n');
    expect(await readFile(file('a.json'), 'utf8')).toContain('// Orders below this amount are left out');
    expect(await runHeadrace(folder, 'format', '--check', 'a.json', 'b.json')).toMatchObject({ code: 0, stdout: '' });
  });

  it('leaves a file alone that it cannot read', async () => {
    await writeFile(file('b.json'), '{"headrace" 1}');
    const { code, stderr } = await runHeadrace(folder, 'format', 'b.json');
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'b.json:1:13 error SYNTAX_ERROR  a colon is missing here.\n' });
    expect(await readFile(file('b.json'), 'utf8')).toBe('{"headrace" 1}');
  });
});
