import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWarmCommand, type WarmCommand } from '../command/warm-command.ts';
import { runHeadrace } from '../typescript/run-headrace.ts';

const examples = fileURLToPath(new URL('../../topologies/', import.meta.url));
const names = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(examples + entry.name).includes('topology.json'))
  .map(({ name }) => name);
const both = names.filter((name) => readdirSync(examples + name).includes('topology.ts'));

describe('headrace init', () => {
  let command: WarmCommand;
  let folder: string;
  beforeAll(async () => {
    command = await startWarmCommand();
  });
  afterAll(() => command.close());
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-init-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const init = (...args: string[]) => command.run(folder, 'init', ...args);
  const printed = (stdout: string): string[] => {
    const [, steps = ''] = stdout.split('\nNext:\n');
    return steps.trimEnd().split('\n');
  };

  it('writes an example whose printed commands work, and never overwrites anything', async () => {
    const made = await init('demo', '--yes');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(printed(made.stdout)).toEqual([
      '  cd demo',
      '  headrace validate topology.json',
      '  headrace test',
      '  headrace run topology.json',
    ]);
    const demo = path.join(folder, 'demo');
    const validated = await command.run(demo, 'validate', 'topology.json');
    expect(validated).toMatchObject({ code: 0, stdout: 'topology.json is valid.\n' });
    const tested = await command.run(demo, 'test');
    expect(tested.code).toBe(0);
    expect(tested.stdout).toContain('2 passed, 0 failed.');
    const run = await command.run(demo, 'run', 'topology.json');
    const totals = run.stdout.trim().split('\n');
    expect(totals.map((line) => (JSON.parse(line) as { total: number }).total)).toEqual([21, 13]);
    const format = await command.run(demo, 'format', '--check', 'topology.json', 'topology.test.json');
    expect(format.code).toBe(0);
    expect(readFileSync(path.join(demo, '.gitignore'), 'utf8')).toBe('.headrace/\nout/\n');
    writeFileSync(path.join(demo, 'topology.json'), 'mine');
    expect(await init('demo')).toMatchObject({ code: 2, stdout: '' });
    const noFolder = await init('demo/topology.json');
    expect(noFolder).toMatchObject({ code: 2, stdout: '' });
    expect(noFolder.stderr).toMatch(/^error FILE_EXISTS .*"demo\/topology\.json" is no folder/);
    expect(readFileSync(path.join(demo, 'topology.json'), 'utf8')).toBe('mine');
  });

  it('lists the examples, one line each, of which the last is not left out', async () => {
    const { stdout } = await init('--list');
    const listed = stdout.trimEnd().split('\n');
    expect(listed.map((line) => line.trim().split(/ +/)[0])).toEqual(['starter', ...names]);
    for (const line of listed) expect(line).toMatch(/^ {2}[a-z-]+ +[A-Z].{20,100}\.$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(names)(
    'starts from the example %s, which passes its tests and gives the same where it lies',
    async (name) => {
      expect(await init('own', '--template', name)).toMatchObject({ code: 0, stderr: '' });
      const own = path.join(folder, 'own');
      expect(readFileSync(path.join(own, 'topology.json'), 'utf8')).toContain('"$schema": "./topology.schema.json"');
      expect(readdirSync(own)).toContain('topology.schema.json');
      for (const file of readdirSync(own).filter((each) => each.endsWith('.test.json')))
        expect(readFileSync(path.join(own, file), 'utf8')).toContain('"$schema": "./test.schema.json"');
      expect(readdirSync(own)).toContain('test.schema.json');
      expect(readdirSync(own)).not.toContain('topology.ts');
      expect(readFileSync(path.join(own, 'README.md'), 'utf8')).not.toMatch(/topologies\//);
      expect(await command.run(own, 'validate', 'topology.json')).toMatchObject({
        stdout: 'topology.json is valid.\n',
      });
      expect(await command.run(own, 'test')).toMatchObject({ code: 0 });
      // What reads or writes Kafka runs in test/kafka/examples.test.ts.
      if (!readdirSync(examples + name).includes('expected')) return;
      const run = await command.run(own, 'run', 'topology.json');
      expect({ code: run.code, stdout: run.stdout }, run.stderr).toEqual({ code: 0, stdout: expectedOf(name) });
    },
  );

  it.each(both)('starts from the TypeScript of %s', async (name) => {
    expect(await init('own', '--template', name, '--typescript')).toMatchObject({ code: 0, stderr: '' });
    const own = path.join(folder, 'own');
    expect(readdirSync(own)).not.toContain('topology.json');
    expect(await command.run(own, 'test')).toMatchObject({ code: 0 });
    const run = await command.run(own, 'run', 'topology.ts');
    expect({ code: run.code, stdout: run.stdout }, run.stderr).toEqual({ code: 0, stdout: expectedOf(name) });
  });

  it('says which examples there are where there is none of that name or form', async () => {
    const unknown = await init('own', '--template', 'order');
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain('There is no template "order". There are:\n  starter ');
    const form = await init('own', '--template', 'access-log', '--typescript');
    expect(form.code).toBe(2);
    expect(form.stderr).toContain(`Those that have: ${both.join(', ')}.`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('prints the plan and the types of every edge of what it wrote', async () => {
    await init();
    const plan = await command.run(folder, 'plan', 'topology.json');
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    expect(plan.stdout).toContain('orders -> out: at-least-once, in order per key');
    const types = await command.run(folder, 'types', 'topology.json');
    expect(types).toMatchObject({ code: 0, stderr: '' });
    expect(types.stdout).toContain('/** What leaves "paid.dropped". */\nexport namespace paid_dropped {\n');
    expect(types.stdout).toMatch(/namespace priced \{\n {2}export interface Value \{[^}]*total: number;/);
  });

  it('works in a process of its own', async () => {
    expect(await runHeadrace(folder, 'init', '--template', 'fan-out')).toMatchObject({ code: 0, stderr: '' });
    expect(await runHeadrace(folder, 'run', 'topology.json')).toMatchObject({ code: 0, stdout: expectedOf('fan-out') });
  });
});

function expectedOf(name: string): string {
  const printed = `${examples}${name}/expected/stdout.ndjson`;
  return existsSync(printed) ? readFileSync(printed, 'utf8') : '';
}
