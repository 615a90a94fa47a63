// Runs the unit tests on another release of Node: `test-on-node.mjs 24 [arguments of vitest run]`. Its binary comes from npm,
// into a temporary folder: the package `node` needs an install script, the one of this platform does not.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [release, ...args] = process.argv.slice(2);
const workspace = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'headrace-node-'));

/** Runs a command to its end and returns its exit code. */
function run(command, commandArgs, options) {
  const { status, error } = spawnSync(command, commandArgs, { stdio: 'inherit', ...options });
  if (error !== undefined) console.error(error.message);
  return status ?? 1;
}

try {
  if (!/^\d+(\.\d+){0,2}$/.test(release ?? '')) throw new Error('Say which release of Node: test-on-node.mjs 24');
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const pack = ['pack', '--silent', '--pack-destination', folder, `node-${platform}@${release}`];
  if (run('npm', pack, { cwd: folder }) !== 0) throw new Error(`Node ${release} could not be fetched from npm.`);
  const [tarball] = readdirSync(folder);
  if (run('tar', ['-xzf', tarball], { cwd: folder }) !== 0) throw new Error(`${tarball} could not be unpacked.`);
  const bin = path.join(folder, 'package', 'bin');
  const node = path.join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
  if (run(node, ['--version'], {}) !== 0) throw new Error('It does not run here.');
  // What the tests start by name must be the same Node.
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
  process.exitCode = run(node, ['node_modules/vitest/vitest.mjs', 'run', ...args], { cwd: workspace, env });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
