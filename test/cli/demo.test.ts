import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const workspace = fileURLToPath(new URL('../../', import.meta.url));

describe('the demo', () => {
  it('collects a log that grows, each line once, routes and delivers it by a second topology, and ends with what it did', async () => {
    const { scripts } = JSON.parse(await readFile(`${workspace}package.json`, 'utf8')) as { scripts: { demo: string } };
    const [command, ...args] = scripts.demo.split(' ');
    expect(command).toBe('node');
    const { stdout, stderr } = await run(process.execPath, args, { cwd: workspace });
    expect(stderr).toBe('');
    // Partitions are read in no order among each other.
    const delivered = stdout.split('\n').filter((line) => line.startsWith('  ') && line.includes(', team '));
    expect(delivered.sort()).toEqual([
      '  GET / 200, team site',
      '  GET /cart 200, team checkout',
      '  GET /orders/17 500, team checkout  > access-log-failures',
      '  GET /search 503, team search  > access-log-failures',
      '  POST /orders 201, team checkout',
    ]);
    expect(stdout).toContain(
      '7 lines were collected, each once: 5 requests of people delivered, 2 of them failures sent to their teams; 1 robot left out, 1 line kept in access-log-rejected.',
    );
    expect(stdout).toContain('dev topologies/log-delivery/topology.json');
  });
});
