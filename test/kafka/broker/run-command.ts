import { spawn } from 'node:child_process';

/** How a command ended, with all that it printed. */
export interface CommandResult {
  readonly succeeded: boolean;
  /** "exit code 1", "signal SIGKILL" or why it could not be started. */
  readonly ending: string;
  readonly output: string;
}

/** Runs a command to its end. Never rejects: the result says what happened. */
export function runCommand(command: string, args: readonly string[], deadlineMs: number): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    });
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ succeeded: false, ending: error.message, output }));
    child.on('close', (code, signal) => {
      resolve({ succeeded: code === 0, ending: signal === null ? `exit code ${code}` : `signal ${signal}`, output });
    });
  });
}

/** Returns the last lines of a text, for messages. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
