import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runHeadrace } from '../typescript/run-headrace.ts';

const example = fileURLToPath(new URL('../../topologies/orders/', import.meta.url));

it('runs the tests of a folder, some of them, writes what came when told, and says by its code how it went', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-test-verb-'));
  const file = path.join(folder, 'topology.test.json');
  try {
    await cp(example, folder, { recursive: true });
    const passed = await runHeadrace(folder, 'test');
    expect(passed).toMatchObject({ code: 0, stderr: '' });
    expect(passed.stdout).toMatch(/^topology\.test\.json\n(?: {2}ok .+\n){3}3 passed, 0 failed\.\n$/);
    await writeFile(file, (await readFile(file, 'utf8')).replace('"total": 21.0', '"total": 22.0'));
    const failed = await runHeadrace(folder, 'test', '--filter', 'European', '.');
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('records[0].value.total: expected 22, got 21.');
    expect(failed.stdout).toMatch(/topology\.test\.json:\d+:\d+ error EXPECTATION_FAILED/);
    expect(failed.stdout).toContain('0 passed, 1 failed.');
    // A second case is wrong as well, and in a way that nobody but its author can mend.
    const before = await readFile(file, 'utf8');
    const other = path.join(folder, 'other.test.json');
    await writeFile(
      other,
      JSON.stringify({
        topology: './topology.json',
        cases: [{ name: 'nothing', steps: [{ expectError: { node: 'paid', code: 'X' } }] }],
      }),
    );
    const updating = await runHeadrace(folder, 'test', '--update', 'topology.test.json', 'other.test.json');
    expect(updating.code).toBe(1);
    expect(updating.stdout).toMatch(
      / {2}updated paid European orders[^]* {2}FAILED nothing[^]*2 passed, 1 failed, 1 updated\.\n$/,
    );
    expect(await readFile(file, 'utf8')).toBe(before.replace('"total": 22.0', '"total": 21'));
    await rm(other);
    expect(await runHeadrace(folder, 'test', '--filter', 'no such case')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('NO_SUCH_CASE') as string,
    });
    expect(await runHeadrace(folder, 'test', 'topology.test.json')).toMatchObject({ code: 0 });
    await writeFile(file, '{ "topology": "./topology.json" }');
    expect(await runHeadrace(folder, 'test')).toMatchObject({ code: 2 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
