import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lastLines, runCommand } from '../broker/run-command.ts';
import { createTopic, uniqueName } from '../topics.ts';
import { describeBrokers } from './both-brokers.ts';

const source = fileURLToPath(new URL('franz/', import.meta.url));
const hasGo = spawnSync('go', ['version']).status === 0;
if (!hasGo && process.env['CI']) throw new Error('test:kafka needs Go on CI.');

const folder = mkdtempSync(path.join(tmpdir(), 'headrace-franz-'));
const program = path.join(folder, 'franz');
beforeAll(async () => {
  if (!hasGo) return;
  const built = await runCommand('go', ['build', '-C', source, '-o', program, '.'], 200_000);
  if (!built.succeeded) throw new Error(`The Go program does not build:\n${lastLines(built.output, 20)}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeBrokers('franz-go', (bootstrap) => {
  it.skipIf(!hasGo)(
    'writes in every compression, reads in groups, and commits, aborts and copies in transactions',
    async () => {
      const topic = await createTopic(bootstrap(), 'franz', { partitions: 3 });
      const output = await createTopic(bootstrap(), 'franz-out', { partitions: 2 });
      const ran = await runCommand(program, [bootstrap(), topic, output, uniqueName('franz')], 120_000);
      expect(ran.succeeded, ran.output).toBe(true);
      expect(ran.output.trimEnd().split('\n')).toEqual([
        'the group sees 150 from a00 to e29',
        'the next member sees 30 from f00 to f29',
        'the fenced one is refused: true',
        // What was aborted began with "x".
        'the session copied 60 from g00 to h29',
      ]);
    },
  );
});
