import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const workspace = fileURLToPath(new URL('../../', import.meta.url));

describe('the demo', () => {
  it('shows the records that pass, as often as it is run, and keeps what could not be read', async () => {
    const { scripts } = JSON.parse(await readFile(`${workspace}package.json`, 'utf8')) as { scripts: { demo: string } };
    const [command, ...args] = scripts.demo.split(' ');
    expect(command).toBe('node');
    for (let time = 0; time < 2; time++) {
      const { stdout, stderr } = await run(process.execPath, args, { cwd: workspace });
      const records = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { country: string; amount: number; quantity: number; total: number });
      expect(records).toHaveLength(11);
      for (const { country, amount, quantity, total } of records) {
        expect(['DE', 'FR', 'IT']).toContain(country);
        expect(total).toBe(amount * quantity);
      }
      expect(stderr).toContain('41 records read, 25 delivered');
    }
    const rejected = (await readFile(`${workspace}topologies/orders/out/rejected.ndjson`, 'utf8')).trim().split('\n');
    expect(rejected.map((line) => (JSON.parse(line) as { reason: string }).reason)).toEqual([
      'amount: expected a number, found a string.',
    ]);
  });
});
