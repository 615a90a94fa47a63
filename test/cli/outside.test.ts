import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHeadrace } from '../kafka/headrace-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-outside-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);
const headrace = async (...args: string[]) => {
  const run = startHeadrace(args, { cwd: folder });
  const { code } = await run.exited;
  return { code, stderr: run.stderr, output: run.stdout + run.stderr };
};
const topology = (operator: object, source: object = { count: 1 }): string =>
  JSON.stringify({
    headrace: 1,
    name: 'outside',
    sources: { made: { type: 'generate', select: { n: 'index' }, ...source } },
    operators: { node: { input: 'made', ...operator } },
    sinks: { out: { type: 'drop', input: 'node' } },
  });

describe('what happens outside of everything', () => {
  it.each([
    ['an await that never comes', 'await new Promise(() => {});', /topology\.ts" was not loaded to its end/],
    [
      'an error of a timer',
      "setTimeout(() => { throw new Error('too late'); }); await new Promise((go) => setTimeout(go, 60_000));",
      /Error: too late \(after ".*topology\.ts" was loaded/,
    ],
    ['a promise that is refused', "export default Promise.reject(new Error('no topology'));", /no topology/],
  ])('when a topology is loaded (%s) is a sentence with a code, and exit code 2', async (_, text, message) => {
    await write('topology.ts', text);
    const { code, output } = await headrace('validate', 'topology.ts');
    expect(output).toMatch(message);
    expect(output).toMatch(/error MODULE_NOT_LOADED/);
    expect(output).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  it('when a signal comes before the run has begun ends the process as one that has nothing to do', async () => {
    await write(
      'topology.ts',
      "import { writeFileSync } from 'node:fs'; writeFileSync('here', ''); setInterval(() => {}, 60_000); await new Promise(() => {});",
    );
    const run = startHeadrace(['run', 'topology.ts'], { cwd: folder });
    while (!existsSync(path.join(folder, 'here'))) await new Promise((resolve) => setTimeout(resolve, 20));
    run.kill('SIGTERM');
    expect(await run.exited).toEqual({ code: 0, signal: null });
    expect(run.stderr).toBe('SIGTERM before the run had begun: nothing was taken.\n');
  });

  it.each([
    ['a timer of a function', "setTimeout(() => { throw new Error('late'); }); return true", /THROWN_OUTSIDE.*node/],
    ['a record emitted too late', 'setTimeout(() => emit({ value })); return true', /EMITTED_TOO_LATE.*node/],
  ])('while a run goes on (%s) names the node', async (_, body, message) => {
    await write('f.mjs', `export function late(value, record, emit) { ${body}; }`);
    const operator = { type: 'process', $use: './f.mjs#late', output: { type: 'record', name: 'N', fields: [] } };
    await write('topology.json', topology(operator, { rate: 10 }));
    const { code, stderr } = await headrace('run', 'topology.json');
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });

  it('when positions are no file names the file', async () => {
    await write('topology.json', topology({ type: 'filter', where: 'true' }));
    await mkdir(path.join(folder, '.headrace/outside/positions/made.json'), { recursive: true });
    const { code, stderr } = await headrace('run', 'topology.json');
    expect(stderr).toMatch(/STATE_UNREADABLE.*made\.json.*it is a folder/);
    expect(code).toBe(1);
  });
});
