import { spawn } from 'node:child_process';

/** Watches over a process from outside, in case the test process is killed and can clean up nothing. */
export interface Reaper {
  /** Tells which process to kill, or null when there is none. */
  watch(pid: number | null): void;
  /** Ends the watch. What is still watched is killed and the directory deleted. */
  end(): void;
}

/** Reads process ids until its input closes, as it does when its parent is gone, however it went. */
const script = `
trap '' INT TERM HUP
pid=
while read -r line; do pid=$line; done
if [ -n "$pid" ]; then kill -9 "$pid" 2>/dev/null; fi
if [ -n "$1" ]; then [ -z "$pid" ] || sleep 1; rm -rf "$1"; fi
`;

/** Starts a watch. When this process ends, the watched process is killed and `directory`, unless null, is deleted. */
export function startReaper(directory: string | null): Reaper {
  const shell = spawn('sh', ['-c', script, 'reaper', directory ?? ''], { stdio: ['pipe', 'ignore', 'ignore'] });
  shell.on('error', () => {}); // Without a shell there is no watch: the handler of the exit event remains.
  shell.stdin.on('error', () => {});
  shell.unref();
  return {
    watch: (pid) => void shell.stdin.write(`${pid ?? ''}\n`),
    end: () => void shell.stdin.end(),
  };
}
