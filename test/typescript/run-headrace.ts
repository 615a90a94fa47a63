import { startHeadrace } from '../kafka/headrace-process.ts';

/** Runs the command in a folder and returns what it said. */
export async function runHeadrace(cwd: string, ...args: string[]) {
  const run = startHeadrace(args, { cwd });
  const { code } = await run.exited;
  return { code, stdout: run.stdout, stderr: run.stderr };
}
