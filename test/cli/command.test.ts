import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHeadrace } from '../kafka/headrace-process.ts';

const topology = {
  headrace: 1,
  name: 'command',
  sources: { lines: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: './line.avsc' } } },
  operators: { kept: { type: 'filter', input: 'lines', where: 'n > 1' } },
  sinks: { out: { type: 'stdout', input: 'kept', value: 'json' } },
};

describe('the command', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  const write = (change: (text: string) => string = (text) => text): Promise<void> =>
    writeFile(file('topology.json'), change(JSON.stringify(topology, null, 2)));
  const headrace = async (...args: string[]) => {
    const run = startHeadrace(args, { cwd: folder });
    const { code } = await run.exited;
    return { code, stdout: run.stdout, stderr: run.stderr };
  };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-command-'));
    await write();
    await writeFile(
      file('line.avsc'),
      JSON.stringify({ type: 'record', name: 'Line', fields: [{ name: 'n', type: 'long' }] }),
    );
    await writeFile(file('in.ndjson'), '{"n":1}\n{"n":2}\n{"n":3}\n');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('runs a bounded topology to its end, goes on from there at the next start, and begins anew when told', async () => {
    expect(await headrace('run', 'topology.json')).toMatchObject({ code: 0, stdout: '{"n":2}\n{"n":3}\n' });
    expect(await headrace('run', 'topology.json')).toMatchObject({ code: 0, stdout: '' });
    expect(await headrace('run', 'topology.json', '--from', 'earliest')).toMatchObject({
      code: 0,
      stdout: '{"n":2}\n{"n":3}\n',
    });
  });

  it('points at a mistake with line, column, caret and suggestion, and runs nothing', async () => {
    await write((text) => text.replace('n > 1', 'm > 1'));
    const { code, stdout, stderr } = await headrace('run', 'topology.json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const where = '      "where": "m > 1"';
    const lines = (await readFile(file('topology.json'), 'utf8')).split('\n');
    const line = lines.indexOf(where) + 1;
    expect(stderr).toContain(`topology.json:${String(line)}:${String(where.indexOf('m > 1') + 1)} error UNKNOWN_FIELD`);
    expect(stderr).toMatch(/\| +"where": "m > 1"\n +\| +\^\n/);
  });

  it('prints findings for machines, and counts warnings as errors when told', async () => {
    await write((text) =>
      text.replace('"sources": {', '"sources": { "spare": { "type": "file", "path": "./in.ndjson", "value": "json" },'),
    );
    const json = await headrace('validate', '--format', 'json', 'topology.json');
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({
      findings: [
        {
          code: 'SOURCE_NOT_READ',
          severity: 'warning',
          file: 'topology.json',
          line: expect.any(Number) as number,
          column: expect.any(Number) as number,
        },
      ],
    });
    expect((await headrace('validate', '--deny-warnings', 'topology.json')).code).toBe(2);
    expect((await headrace('validate', '--format', 'github', 'topology.json')).stdout).toMatch(
      /^::warning file=topology\.json,line=\d+,col=\d+,title=SOURCE_NOT_READ::/,
    );
  });

  it.each([
    ['a file that is not there', ['run', 'nowhere.json'], /FILE_NOT_FOUND/],
    ['a folder', ['validate', '.'], /FILE_NOT_FOUND/],
    ['a verb that it does not know', ['fly'], /unknown command/],
    ['a setting without a value', ['run', 'topology.json', '--set', 'x'], /WRONG_SET/],
    [
      'two settings of one name',
      ['run', 'topology.json', '--set', 'x=1', '--set', 'x=2'],
      /WRONG_SET.*"--set x" stands more/,
    ],
  ])('refuses %s with one sentence and exit code 2', async (_, args, message) => {
    const { code, stdout, stderr } = await headrace(...args);
    expect(stdout + stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  it('refuses a file of variables that is not there', async () => {
    const { code, stderr } = await headrace('run', 'topology.json', '--env-file', 'no.env');
    expect(stderr).toMatch(/no\.env/);
    // Node 20 reads the option before the command does, wherever it stands, and has an exit code of its own.
    expect([2, 9]).toContain(code);
  });

  it('fails with exit code 1 and the place of the record when one cannot be read', async () => {
    await writeFile(file('in.ndjson'), '{"n":2}\n{"n":"two"}\n');
    const { code, stderr } = await headrace('run', 'topology.json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/node lines/);
    expect(stderr).toMatch(/offset 1/);
  });

  it('says so when start after start fails at one position', async () => {
    await writeFile(file('in.ndjson'), '{"n":"one"}\n');
    for (let start = 0; start < 3; start++)
      expect((await headrace('run', 'topology.json')).stderr).not.toMatch(/starts failed/);
    expect((await headrace('run', 'topology.json')).stderr).toMatch(/the last 3 starts failed at this position/);
    await writeFile(file('in.ndjson'), '{"n":2}\n');
    expect(await headrace('run', 'topology.json')).toMatchObject({ code: 0, stdout: '{"n":2}\n' });
  });

  it('prints the findings of the other files when one cannot be read', async () => {
    const { code, stdout } = await headrace('validate', '--format', 'json', 'topology.json', 'nowhere.json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      findings: [{ code: 'FILE_NOT_FOUND', severity: 'error', file: 'nowhere.json', line: 1, column: 1 }],
    });
  });

  it('prints the graph with the types of its edges', async () => {
    const { code, stdout } = await headrace('graph', 'topology.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(/lines.*Line \{ n: long \}[^]*kept.*filter[^]*out.*stdout/);
  });
});
