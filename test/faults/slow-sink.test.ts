import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { startHeadrace, type HeadraceProcess } from '../kafka/headrace-process.ts';

const limitBytes = 2_000_000;
const takenAtOnce = 1_000_000;
const pieces = 100;

const topology = {
  headrace: 1,
  name: 'slow-sink',
  run: { memory: `${String(limitBytes)}B`, commitInterval: '100ms' },
  sources: { made: { type: 'generate', select: { n: 'index', text: `'${'x'.repeat(200)}'` } } },
  sinks: { out: { type: 'stdout', input: 'made', value: 'json' } },
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads one value of what the process serves. */
async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(name));
  return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ') + 1));
}

async function residentBytes({ pid }: HeadraceProcess): Promise<number> {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

// The reader takes a piece, and the next one only when the process says that it can do nothing but wait for it: it is slower by any factor,
// on any machine.
it.skipIf(process.platform !== 'linux')(
  'a process whose sink is slower waits for it, and its memory is flat',
  async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-slow-sink-'));
    const file = path.join(folder, 'topology.json');
    await writeFile(file, JSON.stringify(topology));
    const run = startHeadrace(['run', file, '--metrics-address', '127.0.0.1:0'], { unread: true });
    try {
      const [, url = ''] = await run.waitForOutput(/"url":"(http:[^"]+)"/);
      const used: number[] = [];
      const resident: number[] = [];
      for (let piece = 0; piece < pieces; piece++) {
        while ((await metric(url, 'headrace_tasks_blocked{')) === 0) await pause(5);
        used.push(await metric(url, 'headrace_memory_used_bytes'));
        resident.push(await residentBytes(run));
        for (let taken = 0; taken < takenAtOnce;) {
          const text = run.takeUnread();
          taken += text.length;
          if (text === '') await pause(1);
        }
      }
      if (process.env['HEADRACE_FIGURES'] !== undefined) console.log(used.join(' '), resident.join(' '));
      // Over the limit go what waits to be taken, which is one read of a source, and the slice that reached the limit.
      expect(Math.max(...used)).toBeLessThan(limitBytes + 2 * 1_500_000);
      // The heap grows a little into its sizes; 50 MB go through meanwhile.
      const half = pieces / 2;
      expect(Math.max(...resident.slice(half)) - Math.max(...resident.slice(0, half))).toBeLessThan(25_000_000);
    } finally {
      run.kill('SIGKILL');
      // A process is gone when all that it wrote is read.
      const gone = run.exited.then(() => true);
      while ((await Promise.race([gone, pause(1)])) !== true) while (run.takeUnread() !== '');
      await rm(folder, { recursive: true, force: true });
    }
  },
  300_000,
);
