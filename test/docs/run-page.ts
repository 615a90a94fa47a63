import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import jsonc from 'jsonc-parser';
import type { WarmCommand } from '../command/warm-command.ts';
import { checkFragment } from './check-fragment.ts';
import type { Fence } from './read-page.ts';

/** Where a page is run, and what is known of its commands. */
export interface PageRun {
  /** The folder in which its reader stands. */
  readonly folder: string;
  /** The folder in which the page lies. */
  readonly beside: string;
  readonly command: WarmCommand;
}

const dataLanguages = new Set(['json', 'jsonc']);

/**
 * Does what a page says, block by block: `sh` is run, a block with a title is written, `text` is what the commands before it printed at
 * last, `from` is a part of a file, JSON without a name is looked at. Returns what was not so.
 */
export async function runPage(fences: readonly Fence[], run: PageRun): Promise<readonly string[]> {
  const problems: string[] = [];
  const state = { cwd: run.folder, stdout: null as string | null };
  for (const fence of fences) {
    if (fence.notRun !== null) continue;
    const problem = await check(fence, run, state);
    if (problem !== null) problems.push(`line ${String(fence.line)}: ${problem}`);
  }
  return problems;
}

interface ShellState {
  cwd: string;
  stdout: string | null;
}

async function check(fence: Fence, run: PageRun, state: ShellState): Promise<string | null> {
  const { language, title, from, text } = fence;
  if (title !== null) {
    const file = path.resolve(state.cwd, title);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return null;
  }
  if (from !== null) return isPart(fence, from, run, state);
  if (language === 'sh') return shell(fence, run, state);
  if (language === 'text') {
    if (state.stdout === null) return 'nothing was run before it.';
    return printedLast(text, state.stdout) ? null : `it was not printed. What was printed:\n${state.stdout}`;
  }
  if (dataLanguages.has(language)) return checkFragment(text);
  return `nothing checks a block of "${language}": give it a title, "from", or say above it why not.`;
}

function isPart({ language, text }: Fence, from: string, { beside }: PageRun, { cwd }: ShellState): string | null {
  const file = [path.resolve(cwd, from), path.resolve(beside, from)].find((each) => existsSync(each));
  if (file === undefined) return `there is no file "${from}".`;
  const whole = readFileSync(file, 'utf8');
  const data = (json: string): string => JSON.stringify(jsonc.parse(json, [], { allowTrailingComma: true }));
  if (dataLanguages.has(language)) return data(whole) === data(text) ? null : `"${from}" holds something else.`;
  const plain = (code: string): string => code.replaceAll(/^\s+/gm, '').trim();
  return plain(whole).includes(plain(text)) ? null : `it is not a part of "${from}".`;
}

async function shell({ text, exit }: Fence, { command, folder }: PageRun, state: ShellState): Promise<string | null> {
  const place = path.join(folder, '.cwd');
  const script = `trap 'pwd > "${place}"' EXIT\n${text}`;
  const options = { cwd: state.cwd, env: { ...command.env }, encoding: 'utf8' } as const;
  const { code, stdout, stderr } = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile('bash', ['-e', '-o', 'pipefail', '-c', script], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout: out, stderr: err }),
    );
    child.stdin?.end();
  });
  state.stdout = stdout;
  state.cwd = readFileSync(place, 'utf8').trim();
  return code === exit ? null : `it ended with ${String(code)}:\n${text}${stdout}${stderr}`;
}

/** Whether the text is the end of what was printed. "…" in a line stands for any characters, as a line of its own for any lines. */
function printedLast(text: string, stdout: string): boolean {
  const escaped = (line: string): string => line.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  const lines = text
    .split('\n')
    .map((line) => (line.trim() === '…' ? '(?:.*\n)*?' : `${escaped(line).replaceAll('…', '.*')}\n`));
  return new RegExp(`(?:^|\n)${lines.join('').replace(/\n$/, '')}$`).test(stdout);
}
