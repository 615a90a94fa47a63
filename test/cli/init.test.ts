import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runHeadrace } from '../typescript/run-headrace.ts';

it('writes an example whose three printed commands work, and never overwrites anything', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-init-'));
  try {
    const made = await runHeadrace(folder, 'init', 'demo', '--yes');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const commands = [...made.stdout.matchAll(/^ {2}cd demo && headrace (.+)$/gm)].map(([, command = '']) => command);
    expect(commands).toEqual(['validate topology.json', 'test', 'run topology.json']);
    const demo = path.join(folder, 'demo');
    const results = [];
    for (const command of commands) results.push(await runHeadrace(demo, ...command.split(' ')));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(results[0]?.stdout).toBe('topology.json is valid.\n');
    expect(results[1]?.stdout).toContain('2 passed, 0 failed.');
    expect(
      results[2]?.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { total: number }).total),
    ).toEqual([21, 13]);
    expect(await runHeadrace(demo, 'format', '--check', 'topology.json', 'topology.test.json')).toMatchObject({
      code: 0,
    });
    await writeFile(path.join(demo, 'topology.json'), 'mine');
    expect(await runHeadrace(folder, 'init', 'demo')).toMatchObject({ code: 2, stdout: '' });
    expect(await readFile(path.join(demo, 'topology.json'), 'utf8')).toBe('mine');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('prints the plan and the types of every edge of what it wrote', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-init-'));
  try {
    await runHeadrace(folder, 'init');
    const plan = await runHeadrace(folder, 'plan', 'topology.json');
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    expect(plan.stdout).toContain('orders -> out: at-least-once, in order per key');
    const types = await runHeadrace(folder, 'types', 'topology.json');
    expect(types).toMatchObject({ code: 0, stderr: '' });
    expect(types.stdout).toContain('/** What leaves "paid.dropped". */\nexport namespace paid_dropped {\n');
    expect(types.stdout).toMatch(/namespace priced \{\n {2}export interface Value \{[^}]*total: number;/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
