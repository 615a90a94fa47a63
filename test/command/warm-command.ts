import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { startReaper } from '../kafka/broker/reaper.ts';
import type { CommandRequest, CommandResult } from './messages.ts';

/** The `headrace` command, already started: a run of it takes no start-up. */
export interface WarmCommand {
  /** Runs it in a folder. Commands run one after the other. */
  run(cwd: string, ...args: readonly string[]): Promise<CommandResult>;
  /** The environment of a shell in which `headrace`, `pnpm headrace`, `pnpm demo` and `npx --yes pnpm@10 …` are this command; the demo is itself. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const workspace = fileURLToPath(new URL('../../', import.meta.url));
const loader = new URL('../../scripts/source-loader.mjs', import.meta.url).href;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Starts the command once. It is killed when the test process ends, however that ends. */
export async function startWarmCommand(): Promise<WarmCommand> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-command-'));
  const socket = path.join(folder, 'socket');
  const errors = path.join(folder, 'errors');
  const fd = openSync(errors, 'a');
  const args = ['--conditions=@headrace/source', '--import', loader, '--enable-source-maps', here('server.ts')];
  const child = spawn(process.execPath, [...args, socket, errors], { stdio: ['ignore', 'pipe', fd] });
  closeSync(fd);
  const reaper = startReaper(folder);
  reaper.watch(child.pid ?? null);
  const gone = once(child, 'exit').then(() => {
    throw new Error(`The command ended:\n${readFileSync(errors, 'utf8')}`);
  });
  gone.catch(() => {});
  await Promise.race([once(child.stdout as Readable, 'data'), gone]);
  const env = plainEnvironment();
  const request = (message: CommandRequest): Promise<CommandResult> =>
    Promise.race([
      gone,
      new Promise<CommandResult>((resolve, reject) => {
        const chunks: Buffer[] = [];
        const connection = net.connect(socket, () => connection.end(JSON.stringify(message)));
        connection.on('data', (chunk: Buffer) => chunks.push(chunk));
        connection.on('error', reject);
        connection.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as CommandResult));
      }),
    ]);
  return {
    run: (cwd, ...given) => request({ args: given, cwd, env, stdin: '' }),
    env: { ...env, HEADRACE_SERVER: socket, PATH: `${writeShims(folder)}:${env['PATH'] ?? ''}` },
    async close() {
      child.kill();
      await gone.catch(() => {});
      reaper.watch(null);
      reaper.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a shell would have without the test runner's own variables. */
function plainEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(?:VITEST|NODE_ENV|TEST$|npm_)/.test(entry[0]),
  );
  return Object.fromEntries(entries);
}

/** Writes the commands that a page may call: each ends in the client, and anything else of pnpm is refused. */
function writeShims(folder: string): string {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  const shims = {
    headrace: `exec ${process.execPath} ${here('client.mjs')} "$@"`,
    pnpm: [
      'case "$1" in',
      '  headrace) shift; exec headrace "$@" ;;',
      `  demo) exec ${process.execPath} ${path.join(workspace, 'scripts/demo.mjs')} ;;`,
      '  install) exit 0 ;;',
      'esac',
      'echo "not run here: pnpm $*" >&2; exit 127',
    ].join('\n'),
    npx: '[ "$1 $2" = "--yes pnpm@10" ] || { echo "not run here: npx $*" >&2; exit 127; }\nshift 2; exec pnpm "$@"',
  };
  for (const [name, text] of Object.entries(shims))
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return bin;
}
