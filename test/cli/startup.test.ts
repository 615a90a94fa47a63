import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const example = file('../../topologies/orders/');

/** Runs the command from its sources and returns what it loaded: our packages by their folder, others by their name. */
async function loadedBy(...args: string[]): Promise<ReadonlySet<string>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-startup-'));
  const list = path.join(folder, 'modules.txt');
  try {
    const main = ['--import', file('./list-modules.mjs'), file('../../packages/cli/src/main.ts')];
    await promisify(execFile)(
      process.execPath,
      ['--conditions=@headrace/source', '--import', file('../../scripts/source-loader.mjs'), ...main, ...args],
      { cwd: example, env: { ...process.env, LOADED_MODULES: list } },
    );
    const urls = (await readFile(list, 'utf8')).trim().split('\n');
    return new Set(
      urls.flatMap((url) => {
        const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
        const own = /\/packages\/([^/]+)\/src\/(.*)/.exec(url);
        if (dependency !== undefined) return [dependency];
        return own === null
          ? []
          : [own[1] as string, `${own[1] as string}/${(own[2] as string).split('/')[0] as string}`];
      }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

// Time is not asserted, since it depends on the machine; what is loaded decides it and does not.
describe('what the command loads', () => {
  it('for its help: neither the parts that check nor any client', async () => {
    const loaded = await loadedBy('--help');
    expect(loaded).toContain('commander');
    for (const name of ['core', 'avro', 'cel', 'kafka', 'testing', 'ajv', 'rxjs']) expect(loaded).not.toContain(name);
  });

  it('for a check: no client, no log, no metrics, no test driver', async () => {
    const loaded = await loadedBy('validate', 'topology.json');
    expect(loaded).toContain('ajv');
    for (const name of [
      'kafkajs',
      'typebox',
      'pino',
      'pino-pretty',
      'prom-client',
      'testing',
      'cli/monitoring',
      'cli/run',
    ])
      expect(loaded).not.toContain(name);
  });

  it('for tests: no client, no log, no metrics', async () => {
    const loaded = await loadedBy('test', '--filter', 'cannot be read', '.');
    expect(loaded).toContain('testing');
    for (const name of ['kafkajs', 'typebox', 'pino', 'pino-pretty', 'prom-client', 'cli/monitoring', 'cli/run'])
      expect(loaded).not.toContain(name);
    // Of the package that has the client only what describes its components.
    expect(loaded).not.toContain('kafka/log.ts');
  });
});
