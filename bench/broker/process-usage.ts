import { readFile } from 'node:fs/promises';

const ticksPerSecond = 100;

/** Returns the CPU time of a process, all threads, in microseconds; Linux counts it in steps of 10 ms. */
export async function cpuMicroseconds(pid: number): Promise<number> {
  const [, fields = ''] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number) as [number, number];
  return ((user + system) * 1e6) / ticksPerSecond;
}

/** Returns the memory that a process has now, and the most that it has had, in megabytes. */
export async function megabytes(pid: number): Promise<{ readonly now: number; readonly most: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number => {
    const [, kilobytes] = new RegExp(`${name}:\\s+(\\d+)`).exec(status) ?? [];
    if (kilobytes === undefined) throw new Error(`Process ${pid} has no ${name}.`);
    return (Number(kilobytes) * 1024) / 1e6;
  };
  return { now: field('VmRSS'), most: field('VmHWM') };
}
