import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { startHeadrace, type HeadraceProcess, type ProcessExit } from '../kafka/headrace-process.ts';
import { seededRandom } from './seeded-random.ts';

const crashAtCall = new URL('./crash-at-call.mjs', import.meta.url).href;

/** A moment at which a process dies: before, within or after its so many-th call that changes files, or reads them. */
export interface Crash {
  readonly at: number;
  readonly when: 'before' | 'half' | 'after';
  /** What was not synced and is gone with it. */
  readonly loses: '' | 'bytes' | 'names' | 'both';
}

/** How a topology is run through crashes to its end. */
export interface CrashingRuns {
  /** The folder of `topology.json`. */
  readonly folder: string;
  readonly seed: number;
  readonly crashes: number;
  /** Every start makes so many of these calls at least, however fast it is. */
  readonly latestCall: number;
  /** Counts reads that give so many bytes at most, in place of the calls that change files. */
  readonly bytesARead?: number;
  /** Whether a crash may also lose what was not synced. */
  readonly powerCuts?: boolean;
  /** Looks at what lies there after a crash. */
  readonly look?: (crash: Crash) => Promise<void>;
}

/** Environment of a process that dies at a call. */
function crashingEnvironment(
  { folder, bytesARead = 0 }: CrashingRuns,
  { at, when, loses }: Crash,
): Record<string, string> {
  return {
    NODE_OPTIONS: `--import ${crashAtCall}`,
    CRASH_AT: String(at),
    CRASH_READS: String(bytesARead),
    CRASH_WHEN: when,
    CRASH_LOSES: loses,
    CRASH_ASIDE: folder,
  };
}

/** Environment of a process that finds the disk full from a call on. */
export function fullDiskEnvironment(at: number): Record<string, string> {
  return { NODE_OPTIONS: `--import ${crashAtCall}`, CRASH_AT: String(at), CRASH_WHEN: 'full' };
}

/** Starts a topology again and again, killed at seeded calls or reads, and at last lets it come to its end. */
export async function runThroughCrashes(runs: CrashingRuns): Promise<HeadraceProcess & { readonly exit: ProcessExit }> {
  const { folder, seed, crashes, latestCall, powerCuts = false, look } = runs;
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const losses = powerCuts ? (['bytes', 'names', 'both'] as const) : ([''] as const);
  const shift = Math.floor(random() * losses.length);
  const args = ['run', path.join(folder, 'topology.json'), '--log-level', 'info'];
  // Early and late calls in every round, in an order of chance.
  const shares = Array.from({ length: crashes }, (_, share) => share).sort(() => random() - 0.5);
  for (const [start, share] of shares.entries()) {
    const crash: Crash = {
      at: 1 + Math.floor(((share + random()) * latestCall) / crashes),
      when: pick(['before', 'half', 'after'] as const),
      loses: losses[(share + shift) % losses.length] as Crash['loses'],
    };
    const run = startHeadrace(args, { env: crashingEnvironment(runs, crash) });
    const { signal } = await run.exited;
    const what = `start ${String(start)} of seed ${String(seed)} dies ${crash.when} ${runs.bytesARead === undefined ? 'call' : 'read'} ${String(crash.at)}`;
    expect(signal, `${what}\n${run.stderr}`).toBe('SIGKILL');
    await look?.(crash);
  }
  const run = startHeadrace(args);
  const exit = await run.exited;
  return Object.defineProperty(run, 'exit', { value: exit }) as HeadraceProcess & { readonly exit: ProcessExit };
}

/** Returns the committed offset of the one split of a source; 0 where nothing is committed. */
export async function committedOffset(folder: string, topology: string, source: string): Promise<number> {
  try {
    const text = await readFile(path.join(folder, '.headrace', topology, 'positions', `${source}.json`), 'utf8');
    const { splits } = JSON.parse(text) as { splits: Record<string, { offset: number }> };
    return Object.values(splits)[0]?.offset ?? 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** Returns the lines of the complete files of a folder, in the order of their names; half a line is an error. */
export async function linesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch((): string[] => [])).filter((name) => !name.endsWith('.part'));
  const lines: string[] = [];
  for (const name of names.sort((a, b) => (a < b ? -1 : 1))) {
    const text = await readFile(path.join(folder, name), 'utf8');
    expect(text === '' || text.endsWith('\n'), `${name} ends in half a line`).toBe(true);
    lines.push(...text.split('\n').slice(0, -1));
  }
  return lines;
}

/** Returns the names of files in a folder that are not complete. */
export async function partsIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).filter((name) => name.endsWith('.part'));
}
