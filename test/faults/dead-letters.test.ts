import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startHeadrace } from '../kafka/headrace-process.ts';
import { committedOffset, linesIn, partsIn, runThroughCrashes } from './crashing-runs.ts';

const records = 60_000;
const seed = Number(process.env['HEADRACE_SEED'] ?? 20_260_104);

const row = {
  type: 'record',
  name: 'Row',
  fields: [
    { name: 'n', type: 'long' },
    { name: 'text', type: 'string' },
  ],
};
// Each piece of the source is an epoch, and each sink makes one write and one file of it, so that the calls do not depend on time.
const files = (folder: string) => ({
  type: 'file',
  path: `./${folder}/`,
  roll: { records: 1 },
  batch: { records: 100_000, delay: '1m' },
});
const topology = {
  headrace: 1,
  name: 'letters',
  run: {
    commitInterval: '50ms',
    memory: '1MB',
    onError: { decode: 'deadLetter', deliver: 'deadLetter' },
    deadLetter: { sink: 'letters' },
  },
  sources: { rows: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: row } } },
  operators: {
    divided: { type: 'map', input: 'rows', set: { q: '1000 / (n % 50)' } },
    text: { type: 'flatMap', input: 'divided', each: '[text]' },
    why: { type: 'map', input: 'out.error', select: { text: 'record.value', code: 'error.code' } },
  },
  sinks: {
    undivided: { ...files('undivided'), input: 'divided.error', value: 'json' },
    // What has a line break is no line: one sink gives it to who reads its port, the other makes dead letters of it.
    out: { ...files('out'), input: 'text', value: 'string' },
    refused: { ...files('refused'), input: 'why', value: 'json' },
    copy: { ...files('copy'), input: 'text', value: 'string' },
    letters: { ...files('letters'), value: 'json' },
  },
};

const isUnreadable = (n: number): boolean => n % 97 === 5;
const isUndivided = (n: number): boolean => !isUnreadable(n) && n % 50 === 0;
const isBroken = (n: number): boolean => !isUnreadable(n) && !isUndivided(n) && n % 70 === 3;
const isWhole = (n: number): boolean => !isUnreadable(n) && !isUndivided(n) && !isBroken(n);
const lineOf = (n: number): string =>
  isUnreadable(n)
    ? `unreadable ${String(n)}`
    : JSON.stringify({ n, text: n % 70 === 3 ? `${String(n)}\nbroken` : String(n) });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-letters-'));
  await writeFile(path.join(folder, 'topology.json'), JSON.stringify(topology));
  await writeFile(path.join(folder, 'in.ndjson'), Array.from({ length: records }, (_, n) => `${lineOf(n)}\n`).join(''));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Letter {
  readonly value: string;
  readonly error: { readonly node: string };
}

/** The numbers in each place where a record may end. */
async function ends() {
  const lines = (sink: string): Promise<string[]> => linesIn(path.join(folder, sink));
  const letters = (await lines('letters')).map((line) => JSON.parse(line) as Letter);
  const lettersOf = (node: string): number[] =>
    letters.filter(({ error }) => error.node === node).map(({ value }) => Number(/\d+/.exec(value)?.[0]));
  return [
    { what: 'out', found: (await lines('out')).map(Number), expected: isWhole },
    { what: 'copy', found: (await lines('copy')).map(Number), expected: isWhole },
    {
      what: 'undivided',
      found: (await lines('undivided')).map((line) => (JSON.parse(line) as { n: number }).n),
      expected: isUndivided,
    },
    {
      what: 'refused',
      found: (await lines('refused')).map((line) => Number.parseInt((JSON.parse(line) as { text: string }).text)),
      expected: isBroken,
    },
    { what: 'letters of rows', found: lettersOf('rows'), expected: isUnreadable },
    { what: 'letters of copy', found: lettersOf('copy'), expected: isBroken },
  ];
}

it('many dead letters go their way while the files of other sinks stay open until the end', async () => {
  const atTheEnd = Object.fromEntries(
    Object.entries(topology.sinks).map(([id, sink]) => [id, { ...sink, roll: { size: '1GiB' } }]),
  );
  await writeFile(path.join(folder, 'topology.json'), JSON.stringify({ ...topology, sinks: atTheEnd }));
  // What comes in between keeps those files open, and their epochs.
  const block = `${JSON.stringify({ n: 1, text: 'one' })}\n${'unreadable 5\n'.repeat(999)}`;
  await writeFile(path.join(folder, 'in.ndjson'), block.repeat(60));
  const run = startHeadrace(['run', path.join(folder, 'topology.json')]);
  // Twenty times as long as it takes, and more.
  const late = setTimeout(() => run.kill('SIGKILL'), 120_000);
  expect(await run.exited, run.stderr).toEqual({ code: 0, signal: null });
  clearTimeout(late);
  expect(await linesIn(path.join(folder, 'letters'))).toHaveLength(60 * 999);
});

it('records end in sinks, at error ports or as dead letters, none lost, and come again only from the committed position on', async () => {
  const startedAt = [0];
  const look = async (end: number): Promise<void> => {
    for (const { what, found, expected } of await ends()) {
      const times = new Map<number, number>();
      for (const n of found) times.set(n, (times.get(n) ?? 0) + 1);
      for (let n = 0; n < end; n++)
        if (expected(n) !== times.has(n))
          throw new Error(`${what}: ${String(n)} below ${String(end)} is ${expected(n) ? 'lost' : 'too many'}`);
      for (const [n, count] of times) {
        if (!expected(n)) throw new Error(`${what}: ${String(n)} does not belong here`);
        const starts = startedAt.filter((from) => from <= n).length;
        if (count > starts)
          throw new Error(`${what}: ${String(n)} came ${String(count)} times in ${String(starts)} starts`);
      }
    }
  };
  const { exit, stderr } = await runThroughCrashes({
    folder,
    seed,
    crashes: 3,
    latestCall: 160,
    powerCuts: true,
    look: async () => {
      const committed = await committedOffset(folder, 'letters', 'rows');
      await look(committed);
      startedAt.push(committed);
    },
  });
  expect(exit.code, stderr).toBe(0);
  expect(startedAt.at(-1)).toBeGreaterThan(0);
  expect(await committedOffset(folder, 'letters', 'rows')).toBe(records);
  await look(records);
  for (const { what } of await ends()) expect(await partsIn(path.join(folder, what)), what).toEqual([]);
});
