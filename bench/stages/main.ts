// Measures topologies over files beside the same work written by hand: `pnpm bench:stages`. Each run is a process of its own; counted is
// the CPU time of a long run less that of a short one, so that starting and warming up are left out.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { works } from './works.ts';
import { writeInput } from './write-input.ts';

const rounds = Number(process.argv[2] ?? 5);
const short = 50_000;
const long = 450_000;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const loader = ['--import', here('../../scripts/source-loader.mjs')];
const headrace = here('../../scripts/headrace.mjs');

type Contender = (work: string, input: string, output: string, folder: string) => readonly string[];

const contenders: Readonly<Record<string, Contender>> = {
  'by hand': (work, input, output) => [...loader, here('by-hand.ts'), work, input, output],
  'RxJS, record by record': (work, input, output) => [...loader, here('with-rxjs.ts'), work, input, output],
  'Headrace, interpreter': (work, input, output, folder) => [
    headrace,
    'run',
    here(works[work]?.topology ?? ''),
    '--from=earliest',
    '--log-level=error',
    '--metrics-address=off',
    `--set=input=${input}`,
    `--set=output=${output}`,
    `--set=state=${path.join(folder, 'state')}`,
  ],
};

interface Result {
  readonly microseconds: number;
  readonly digest: string;
}

/** Runs a contender once, and returns its CPU time and what it wrote. */
function run(name: string, work: string, input: string): Result {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-bench-'));
  try {
    const output = path.join(folder, 'out.ndjson');
    const usage = path.join(folder, 'usage');
    const args = (contenders[name] as Contender)(work, input, output, folder);
    execFileSync(process.execPath, ['--import', here('report-usage.mjs'), ...args], {
      env: { ...process.env, HEADRACE_BENCH_USAGE: usage },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const digest = createHash('sha256').update(readFileSync(output)).digest('hex');
    return { microseconds: Number(readFileSync(usage, 'utf8')), digest };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const middle = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] as number;

function measure(work: string, folder: string): void {
  const inputs = [short, long].map((records) => {
    const file = path.join(folder, `${work}-${String(records)}.ndjson`);
    writeInput(work, file, records);
    return file;
  }) as [string, string];
  const costs = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
  const digests = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, list] of costs) {
      const [little, much] = inputs.map((input) => run(name, work, input)) as [Result, Result];
      digests.add(`${little.digest} ${much.digest}`);
      list.push((much.microseconds - little.microseconds) / (long - short));
    }
  }
  if (digests.size !== 1) throw new Error(`The contenders of "${work}" wrote different files.`);
  const base = middle(costs.get('by hand') ?? []);
  console.log(`\n| ${work} | µs a record | least | times by hand |\n| --- | --: | --: | --: |`);
  for (const [name, list] of costs)
    console.log(
      `| ${name} | ${middle(list).toFixed(2)} | ${Math.min(...list).toFixed(2)} | ${(middle(list) / base).toFixed(2)} |`,
    );
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-bench-input-'));
try {
  for (const work of Object.keys(works)) measure(work, folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
