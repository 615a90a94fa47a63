import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** One run of the broker's virtual machine. */
export interface BrokerProcess {
  readonly pid: number | null;
  isRunning(): boolean;
  /** Sends the signal and waits for the end; after `patienceMs` the signal is SIGKILL. Resolves to how it went. */
  end(signal: 'SIGTERM' | 'SIGKILL', patienceMs: number): Promise<string>;
  /** Settles when the process is gone, with how it went. */
  readonly ended: Promise<string>;
}

/** Starts `java`, its output appended to the log file. It dies with this process. */
export function startProcess(args: readonly string[], logFile: string): BrokerProcess {
  const log = openSync(logFile, 'a');
  const child = spawn('java', args, { stdio: ['ignore', log, log] });
  closeSync(log);
  dieWithUs(child);
  let running = true;
  const ended = new Promise<string>((resolve) => {
    const settle = (how: string): void => {
      running = false;
      children.delete(child);
      resolve(how);
    };
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) => settle(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  return {
    pid: child.pid ?? null,
    isRunning: () => running,
    ended,
    async end(signal, patienceMs) {
      if (!running) return ended;
      child.kill(signal);
      const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      const how = await ended;
      clearTimeout(impatience);
      return how;
    },
  };
}

const children = new Set<ChildProcess>();

function dieWithUs(child: ChildProcess): void {
  if (children.size === 0) {
    process.removeListener('exit', killChildren);
    process.on('exit', killChildren);
  }
  children.add(child);
}

function killChildren(): void {
  for (const child of children) child.kill('SIGKILL');
}
