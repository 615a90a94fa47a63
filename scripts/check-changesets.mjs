// Reads the notes of .changeset as a release would, and says which published package has changed since the last release (the
// last tag, or the first commit) without a note.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const workspace = fileURLToPath(new URL('..', import.meta.url));
const git = (...args) => spawnSync('git', args, { cwd: workspace, encoding: 'utf8' });
const tag = git('describe', '--tags', '--abbrev=0');
const since = (tag.status === 0 ? tag : git('rev-list', '--max-parents=0', 'HEAD')).stdout.trim().split('\n')[0];
const folder = mkdtempSync(path.join(tmpdir(), 'headrace-changesets-'));

try {
  const file = path.join(folder, 'status.json');
  const args = ['status', `--since=${since}`, `--output=${path.relative(workspace, file)}`];
  const status = spawnSync(path.join(workspace, 'node_modules/.bin/changeset'), args, {
    cwd: workspace,
    encoding: 'utf8',
  });
  if (status.status !== 0) throw new Error(`${status.stdout}${status.stderr}`);
  const { releases, changesets } = JSON.parse(readFileSync(file, 'utf8'));
  const noted = new Set(releases.filter((release) => release.changesets.length > 0).map((release) => release.name));
  for (const name of readdirSync(path.join(workspace, 'packages'))) {
    const manifest = JSON.parse(readFileSync(path.join(workspace, 'packages', name, 'package.json'), 'utf8'));
    const changed = git('diff', '--quiet', since, '--', `packages/${name}/src`, ':!*.test.ts').status !== 0;
    if (!changed || manifest.private === true || noted.has(manifest.name)) continue;
    console.error(
      `${manifest.name} has changed since ${tag.status === 0 ? since : 'the first commit'} without a note.`,
    );
    process.exitCode = 1;
  }
  console.log(`${changesets.length} notes, ${noted.size} packages`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
