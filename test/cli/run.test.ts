import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHeadrace } from '../kafka/headrace-process.ts';

const secret = 'correct horse battery staple';

/** Never gives back; or holds the process until a file is there, and then fails with a secret in its message. */
const functions = `
import { existsSync, writeFileSync } from 'node:fs';
export const never = () => new Promise(() => {});
export function hold() {
  writeFileSync('holding', '');
  while (!existsSync('release'));
  throw new Error('refused: ' + process.env.PASSWORD);
}
`;

const generated = { type: 'generate', rate: 100, select: { n: 'index' } };
const topology = (operator: object, run: object = {}): string =>
  JSON.stringify({
    headrace: 1,
    name: 'running',
    run,
    parameters: { password: { type: 'secret', env: 'PASSWORD' }, least: { type: 'int', default: 0 } },
    sources: { made: generated },
    operators: { node: { input: 'made', ...operator } },
    sinks: { out: { type: 'drop', input: 'node' } },
  });

describe('headrace run', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  const start = (...args: string[]) =>
    startHeadrace(['run', 'topology.json', '--metrics-address', '127.0.0.1:0', ...args], {
      cwd: folder,
      env: { PASSWORD: secret },
    });
  const urlOf = async (run: ReturnType<typeof start>): Promise<string> =>
    (await run.waitForOutput(/health and metrics at (http:\/\/127\.0\.0\.1:\d+)/))[1] as string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-run-'));
    await writeFile(file('functions.mjs'), functions);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('tells of its health and counts while it runs, ends in order at the first Ctrl-C, and at once at the second', async () => {
    const lookup = { type: 'lookup', $use: './functions.mjs#never', as: 'found', returns: 'string', timeout: '1h' };
    await writeFile(file('topology.json'), topology(lookup, { drainTimeout: '10m' }));
    const run = start();
    const url = await urlOf(run);
    await run.waitForOutput(/topology running/);
    const metrics = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
    while (!/^headrace_records_in_total\{node="node",kind="operator",topology="running"\} [1-9]/m.test(await metrics()))
      await setTimeout(50);
    expect(await metrics()).toMatch(/^process_cpu_user_seconds_total\{topology="running"\} /m);
    expect(await (await fetch(`${url}/readyz`)).text()).toBe('ready\n');
    expect(await (await fetch(`${url}/livez`)).text()).toBe('live\n');
    run.kill('SIGINT');
    await run.waitForOutput(/SIGINT: finishing what was taken/);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, 'not ready: the topology is draining\n']);
    run.kill('SIGINT');
    expect(await run.exited).toMatchObject({ code: 130 });
  });

  it('answers nobody while a function holds the process, names the node when it gives it back, and prints no secret', async () => {
    await writeFile(file('topology.json'), topology({ type: 'peek', $use: './functions.mjs#hold' }));
    const run = start();
    const url = await urlOf(run);
    while (!existsSync(file('holding'))) await setTimeout(20);
    await expect(fetch(`${url}/livez`, { signal: AbortSignal.timeout(1200) })).rejects.toThrow();
    await writeFile(file('release'), '');
    expect(await run.exited).toMatchObject({ code: 1 });
    expect(run.stderr).toMatch(/"task":"made-generated","node":"node","ms":\d{4,}.*held the process for too long"/);
    expect(run.stderr).toContain('refused: ***');
    expect(run.stderr + run.stdout).not.toContain(secret);
  });

  it('prints what would run and neither loads nor writes anything', async () => {
    await writeFile(file('functions.mjs'), "import { writeFileSync } from 'node:fs'; writeFileSync('loaded', '');");
    await writeFile(file('topology.json'), topology({ type: 'peek', $use: './functions.mjs#hold' }));
    await writeFile(file('vars.env'), 'PASSWORD=another one\n');
    const before = await readdir(folder);
    const run = start('--dry-run', '--set', 'least=5', '--env-file', 'vars.env');
    expect(await run.exited).toMatchObject({ code: 0 });
    expect(run.stdout).toMatch(/"running" can run; nothing was started\./);
    expect(run.stdout).toMatch(/functions +\.\/functions\.mjs\n/);
    expect(run.stdout).toMatch(/parameter least +5\n/);
    expect(run.stdout).toMatch(/parameter password +\*\*\*\n/);
    expect(run.stdout).toMatch(/made -> out: at-least-once/);
    expect(run.stderr).toBe('');
    expect(await readdir(folder)).toEqual(before);
  });

  it('does the whole once more when it is bounded, and leaves the positions of the other run as they are', async () => {
    await writeFile(file('in.ndjson'), '{"n":1}\n{"n":2}\n');
    await writeFile(
      file('topology.json'),
      JSON.stringify({
        headrace: 1,
        name: 'running',
        sources: { lines: { type: 'file', path: './in.ndjson', value: 'json' } },
        operators: { kept: { type: 'filter', input: 'lines', where: 'int(n) > 1' } },
        sinks: { out: { type: 'stdout', input: 'kept', value: 'json' } },
      }),
    );
    const first = start('--log-format', 'pretty');
    expect(await first.exited).toMatchObject({ code: 0 });
    expect(first.stdout).toBe('{"n":2}\n');
    expect(first.stderr).toMatch(
      /INFO.*running: 2 records read, 1 delivered, 1 dropped \(1 at kept\.dropped\) in \d+\.\d s\n/,
    );
    const positions = file('.headrace/running/positions/lines.json');
    const before = await readFile(positions, 'utf8');
    const second = start('--bounded');
    expect(await second.exited).toMatchObject({ code: 0 });
    expect(second.stdout).toBe('{"n":2}\n');
    expect(await readFile(positions, 'utf8')).toBe(before);
    const last = second.stderr.trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({ read: 2, delivered: 1, dropped: { 'kept.dropped': 1 }, deadLetters: 0 });
  });
});
