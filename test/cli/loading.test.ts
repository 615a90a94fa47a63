import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { startHeadrace } from '../kafka/headrace-process.ts';

/** Runs the command in a folder with these files. */
async function headrace(files: Readonly<Record<string, string>>, ...args: string[]) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-loading-'));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const run = startHeadrace(args, { cwd: folder });
  const { code } = await run.exited;
  await rm(folder, { recursive: true, force: true });
  return { code, output: run.stdout + run.stderr };
}

// The timer keeps the process: what is awaited could still come, as far as Node knows.
const waits = 'setInterval(() => {}, 60_000); await new Promise(() => {}); export const yes = () => true;';
const topology = JSON.stringify({
  headrace: 1,
  name: 'loading',
  run: { nodeTimeout: '300ms', drainTimeout: '500ms' },
  sources: { made: { type: 'generate', count: 1, select: { n: 'index' } } },
  operators: { kept: { type: 'filter', input: 'made', where: { $use: './f.mjs#yes' } } },
  sinks: { out: { type: 'drop', input: 'kept' } },
});
const test = JSON.stringify({
  topology: './topology.json',
  cases: [{ name: 'one', steps: [{ send: { to: 'made', value: { n: 1 } } }] }],
});
const files = { 'topology.json': topology, 'one.test.json': test };

describe.concurrent('a module of an author', () => {
  it.each([{ args: ['run', 'topology.json', '--metrics-address', '127.0.0.1:0'] }, { args: ['test', '.'] }])(
    'whose await never ends is an error with file and node, and ends: $args',
    async ({ args }) => {
      const { code, output } = await headrace({ ...files, 'f.mjs': waits }, ...args);
      expect(output).toMatch(/MODULE_NOT_LOADED .*f\.mjs#yes\\?" of node "kept" .* within 0\.3 s/);
      expect(code).toBe(2);
    },
  );

  it('whose loop never ends is ended by the thread that looks on, with its file', async () => {
    const patient = { 'topology.json': topology.replace('300ms', '10m'), 'f.mjs': 'while (true);' };
    const { code, output } = await headrace(patient, 'run', 'topology.json', '--metrics-address', '127.0.0.1:0');
    expect(output).toMatch(/TURN_NEVER_ENDS .*, in a function of .*f\.mjs/);
    expect(output).toMatch(/f\.mjs", the file of node "kept", was not loaded to its end/);
    expect(code).toBe(2);
  });

  it('that leaves a timer behind does not keep a command that is done', async () => {
    const lasting = `setInterval(() => {}, 60_000); export default ${topology.replace('{"$use":"./f.mjs#yes"}', '"true"')};`;
    const { code, output } = await headrace({ 'topology.mjs': lasting }, 'validate', 'topology.mjs');
    expect(output).toBe('topology.mjs is valid.\n');
    expect(code).toBe(0);
  });

  it.each([
    { what: 'a timer', started: "setTimeout(() => { throw new Error('late'); })", says: 'Error: late' },
    {
      what: 'a promise',
      started: "void (async () => { await null; throw new Error('late'); })()",
      says: 'Error: late',
    },
    { what: 'no error', started: "void Promise.reject('late')", says: 'late' },
  ])(
    'that throws outside of any record ($what) ends the run with the topology and, by its trace, the place',
    async (thrown) => {
      const { started, says } = thrown;
      const text = `
      import { defineTopology, dropSink, filter, generate } from '@headrace/core';
      export default defineTopology('lambdas', ({ source }) => {
        source('made', generate({ rate: 10, select: { n: 'index' } }))
          .pipe(filter('kept', () => { ${started}; return true; }))
          .to('out', dropSink({}));
      });`;
      const { code, output } = await headrace(
        { 'topology.ts': text },
        'run',
        'topology.ts',
        '--metrics-address',
        'off',
      );
      expect(output).toMatch(/THROWN_OUTSIDE .* topology \\?"lambdas\\?" /);
      expect(output).toContain(says);
      if (says !== 'late')
        expect(output).toMatch(/started threw outside of any record, at topology\.ts:5:\d+: Error: late/);
      expect(code).toBe(1);
    },
  );
});
