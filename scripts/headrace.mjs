// Runs the command from its sources, without a build: `pnpm headrace <verb>`.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const child = spawn(
  process.execPath,
  [
    '--conditions=@headrace/source',
    '--import',
    new URL('./source-loader.mjs', import.meta.url).href,
    '--enable-source-maps',
    path('../packages/cli/src/main.ts'),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? code : 128 + 9;
});
