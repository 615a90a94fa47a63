// Packs every package as it would be published and checks what a consumer meets: publint reads the manifest against the
// files, arethetypeswrong resolves the types as TypeScript does. Prints what fails.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const workspace = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => path.join(workspace, 'node_modules', '.bin', name);
const folder = mkdtempSync(path.join(tmpdir(), 'headrace-exports-'));
let failed = 0;

/** Runs a command; says how it went, and all that it printed when it failed. */
function check(what, command, args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: workspace, encoding: 'utf8' });
  const passed = status === 0;
  console.log(`${passed ? 'passed' : 'failed'}  ${what}`);
  if (passed) return true;
  console.log(error === undefined ? `${stdout}${stderr}` : error.message);
  failed++;
  return false;
}

try {
  const pack = ['--yes', 'pnpm@10', '--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder];
  if (check('build', bin('tsc'), ['-b']) && check('pack', 'npx', pack)) {
    for (const name of readdirSync(folder)) {
      const tarball = path.join(folder, name);
      check(`publint ${name}`, bin('publint'), ['run', '--strict', tarball]);
      // The packages are ESM: that CommonJS without require(esm) cannot resolve them is no fault.
      check(`attw ${name}`, bin('attw'), [tarball, '--profile', 'esm-only', '--no-emoji']);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
