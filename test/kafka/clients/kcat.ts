import { spawn } from 'node:child_process';

const deadlineMs = 60_000;

/** Runs kcat to its end and returns what it printed; rejects, with its errors, where it fails. */
export function kcat(bootstrap: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    // Debian's is built without a configuration file; one of the user would change what is tested.
    const child = spawn('kcat', ['-b', bootstrap, ...args], {
      env: { ...process.env, KCAT_CONFIG: '/dev/null' },
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (errors += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`kcat ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}:\n${errors}`));
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
