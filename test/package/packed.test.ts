import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const workspace = fileURLToPath(new URL('../..', import.meta.url));
const folders = ['codegen', 'cel', 'avro', 'core', 'protocol', 'broker', 'kafka', 'testing', 'cli'];

interface Manifest {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
}

/** Packs every package and installs the tarballs into an empty folder, as a user's project would have them. */
describe('the packed packages', () => {
  let folder: string;
  let names: string[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-packed-'));
    const project = path.join(folder, 'project');
    await mkdir(project);
    await run('npx', ['--yes', 'pnpm@10', 'build'], { cwd: workspace });
    const tarballs = new Map<string, string>();
    for (const name of folders) {
      const directory = path.join(workspace, 'packages', name);
      await run('npx', ['--yes', 'pnpm@10', 'pack', '--pack-destination', folder], { cwd: directory });
      const manifest = JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8')) as Manifest;
      const stem = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
      tarballs.set(manifest.name, `file:${path.join(folder, stem)}`);
    }
    names = [...tarballs.keys()];
    const dependencies = Object.fromEntries(tarballs);
    await writeFile(
      path.join(project, 'package.json'),
      JSON.stringify({ name: 'user', private: true, type: 'module', dependencies, overrides: dependencies }),
    );
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev'], { cwd: project });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const inProject = (command: string, args: string[]) => run(command, args, { cwd: path.join(folder, 'project') });

  it('are imported in plain Node, each with its exports', async () => {
    const script = `
      const names = ${JSON.stringify([...names, '@headrace/kafka/components'])};
      const counts = {};
      for (const name of names) counts[name] = Object.keys(await import(name)).length;
      console.log(JSON.stringify(counts));`;
    const { stdout } = await inProject(process.execPath, ['--input-type=module', '-e', script]);
    const counts = JSON.parse(stdout) as Record<string, number>;
    for (const [name, exports] of Object.entries(counts)) expect(exports, name).toBeGreaterThan(0);
  });

  it('type-check for a consumer without skipping the checks of libraries of ours', async () => {
    const project = path.join(folder, 'project');
    const source = [
      ...[...names, '@headrace/kafka/components'].map((name, index) => `import * as p${String(index)} from '${name}';`),
      `export const all = [${[...names, 0].map((_, index) => `p${String(index)}`).join(', ')}];`,
    ].join('\n');
    await writeFile(path.join(project, 'consumer.ts'), source);
    const tsc = path.join(workspace, 'node_modules/typescript/bin/tsc');
    const types = path.join(workspace, 'node_modules/@types');
    await inProject(process.execPath, [
      tsc,
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--skipLibCheck',
      'false',
      '--typeRoots',
      types,
      '--types',
      'node',
      'consumer.ts',
    ]);
  });

  it('run the example by the installed command, and point at a mistake', async () => {
    const project = path.join(folder, 'project');
    await cp(path.join(workspace, 'topologies/orders'), path.join(project, 'orders'), {
      recursive: true,
      filter: (file) => !/\/(out|\.headrace)(\/|$)/.test(file),
    });
    const { stdout } = await inProject('npx', ['headrace', 'run', 'orders/topology.json', '--log-level', 'silent']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { country: string; total: number });
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(['DE', 'FR', 'IT']).toContain(line.country);
    const text = await readFile(path.join(project, 'orders/topology.json'), 'utf8');
    await writeFile(path.join(project, 'orders/wrong.json'), text.replace("status == 'PAID'", "statsu == 'PAID'"));
    const failed = await inProject('npx', ['headrace', 'validate', 'orders/wrong.json']).catch(
      (error: unknown) => error as { code: number; stdout: string },
    );
    expect(failed).toMatchObject({ code: 2 });
    expect(failed.stdout).toContain('Did you mean "status"?');
  });

  it('hold no tests, no sources of other packages and no install scripts', async () => {
    for (const name of names) {
      const directory = path.join(folder, 'project/node_modules', name);
      const files = await readdir(directory, { recursive: true });
      expect(
        files.filter((file) => /\.test\./.test(file)),
        name,
      ).toEqual([]);
      const manifest = JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8')) as Manifest & {
        scripts?: Record<string, string>;
      };
      expect(
        Object.keys(manifest.scripts ?? {}).filter((script) => /install/.test(script)),
        name,
      ).toEqual([]);
    }
  });
});
