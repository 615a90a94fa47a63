import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { readContainer } from '@headrace/avro';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandResult } from '../command/messages.ts';
import { startWarmCommand, type WarmCommand } from '../command/warm-command.ts';

const examples = fileURLToPath(new URL('../../topologies/', import.meta.url));
const folders = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
  .map(({ name }) => name);
/** The examples that do not run over files, and what runs them. */
const elsewhere: Readonly<Record<string, string>> = {
  nexmark: 'test/kafka/nexmark.test.ts',
  'log-collection': 'test/kafka/examples.test.ts',
  'log-delivery': 'test/cli/demo.test.ts',
  'order-router': 'test/kafka/examples.test.ts',
};
const overFiles = folders.filter((name) => !Object.hasOwn(elsewhere, name));
const inBothForms = overFiles.filter((name) => existsSync(`${examples}${name}/topology.ts`));

let command: WarmCommand;
let copies: string;
beforeAll(async () => {
  command = await startWarmCommand();
  copies = mkdtempSync(path.join(os.tmpdir(), 'headrace-examples-'));
  cpSync(examples, copies, {
    recursive: true,
    filter: (source) => !['node_modules', 'out', '.headrace'].includes(path.basename(source)),
  });
});
afterAll(async () => {
  await command.close();
  rmSync(copies, { recursive: true, force: true });
});

const read = (file: string): string => readFileSync(file, 'utf8');
const topologiesOf = (name: string): string[] =>
  readdirSync(`${examples}${name}`).filter((file) => file.endsWith('.json') && !file.endsWith('.test.json'));

/** What a run left: standard output, and each file of `out`, unpacked, under the names that `expected` has for them. */
async function results(name: string, { stdout }: CommandResult): Promise<Record<string, string>> {
  const out = path.join(copies, name, 'out');
  const left: Record<string, string> = stdout === '' ? {} : { 'stdout.ndjson': stdout };
  for (const file of existsSync(out) ? readdirSync(out) : []) {
    const bytes = readFileSync(path.join(out, file));
    if (file.endsWith('.avro')) left[file.replace(/avro$/, 'ndjson')] = await recordsOf(bytes);
    else left[file.replace(/\.gz$/, '')] = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  }
  return left;
}

/** Reads a container file without the runtime: its records as lines of JSON, money and days in words. */
async function recordsOf(bytes: Buffer): Promise<string> {
  const inWords = (key: string, value: unknown): unknown => {
    if (key === 'date') return new Date(value as number).toISOString().slice(0, 10);
    if (typeof value !== 'object' || value === null || !('unscaled' in value)) return value;
    const { unscaled, scale } = value as { unscaled: bigint; scale: number };
    return (Number(unscaled) / 10 ** scale).toFixed(scale);
  };
  const { blocks } = await readContainer([bytes]);
  const lines: string[] = [];
  for await (const block of blocks)
    for (const record of block.records()) lines.push(`${JSON.stringify(record, inWords)}\n`);
  return lines.join('');
}

function recorded(name: string): Record<string, string> {
  const folder = `${examples}${name}/expected`;
  return Object.fromEntries(readdirSync(folder).map((file) => [file, read(path.join(folder, file))]));
}

describe.each(folders)('the example %s', (name) => {
  it('has what an example has', () => {
    const files = readdirSync(`${examples}${name}`);
    expect(files).toEqual(expect.arrayContaining(['README.md', 'schemas']));
    expect(files.some((file) => file.endsWith('.test.json'))).toBe(true);
    expect(read(`${examples}README.md`)).toContain(`[${name}](${name})`);
    const readme = read(`${examples}${name}/README.md`);
    expect(readme.length).toBeLessThan(4000);
    expect(readme).toMatch(/```sh\n/);
  });

  it('validates without findings, names its schema for editors, and is laid out', async () => {
    for (const file of topologiesOf(name)) {
      const text = read(`${examples}${name}/${file}`);
      expect(text).toContain('"$schema": "../../packages/cli/topology.schema.json"');
    }
    const files = topologiesOf(name).map((file) => path.join(name, file));
    const { stdout } = await command.run(copies, 'validate', '--format', 'json', ...files);
    expect(JSON.parse(stdout)).toEqual({ findings: [] });
    const tests = readdirSync(`${examples}${name}`).filter((file) => file.endsWith('.test.json'));
    const laidOut = [...files, ...tests.map((file) => path.join(name, file))];
    expect(await command.run(copies, 'format', '--check', ...laidOut)).toMatchObject({ code: 0, stdout: '' });
  });

  it('passes its tests, of which every topology has some', async () => {
    const { code, stdout } = await command.run(copies, 'test', name);
    expect({ code, failed: /^ {2}FAILED .*/m.exec(stdout)?.[0] }).toEqual({ code: 0, failed: undefined });
    for (const file of topologiesOf(name)) expect(stdout).toContain(file.replace(/\.json$/, '.test.json'));
  });
});

describe.each(overFiles)('the example %s', (name) => {
  it('gives what is recorded, run twice, and nothing when there is nothing new', async () => {
    for (let time = 0; time < 2; time++) {
      const run = await command.run(copies, 'run', `${name}/topology.json`, '--from', 'earliest');
      expect(run.code, run.stderr).toBe(0);
      expect(await results(name, run)).toEqual(recorded(name));
      expect(run.stderr).not.toContain('nothing new to read');
    }
    const again = await command.run(copies, 'run', `${name}/topology.json`);
    expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 0, stdout: '' });
    expect(again.stderr).toContain('nothing new to read; \\"--from earliest\\" begins anew');
  });
});

describe.each(inBothForms)('the example %s', (name) => {
  it('is the same graph in both forms, and gives the same', async () => {
    const graph = (file: string) => command.run(copies, 'graph', '--format', 'json', `${name}/${file}`);
    const json = await graph('topology.json');
    expect(json.code, json.stderr).toBe(0);
    expect(await graph('topology.ts')).toMatchObject({ code: 0, stdout: json.stdout });
    const run = await command.run(copies, 'run', `${name}/topology.ts`, '--from', 'earliest');
    expect(run.code, run.stderr).toBe(0);
    expect(await results(name, run)).toEqual(recorded(name));
  });
});

it('shows enough: six examples over files, three of them in both forms, and says what runs the others', () => {
  expect(overFiles.length).toBeGreaterThanOrEqual(6);
  expect(inBothForms.length).toBeGreaterThanOrEqual(3);
  for (const [name, test] of Object.entries(elsewhere)) {
    expect(folders).toContain(name);
    expect(read(`${examples}../${test}`)).toContain(name);
  }
});

it('goes on where a sink cannot be written that is not required, and says so', async () => {
  const set = 'feed=./data/events.ndjson/feed.ndjson';
  const run = await command.run(copies, 'run', 'fan-out/topology.json', '--from', 'earliest', '--set', set);
  expect(run.code, run.stderr).toBe(0);
  const left = await results('fan-out', run);
  for (const name of ['archive.ndjson', 'stdout.ndjson']) expect(left[name]).toBe(recorded('fan-out')[name]);
  expect(run.stderr).toContain('a sink that is not required cannot begin');
  expect(run.stderr).toMatch(/"feed":\{[^}]*"failed":3/);
});
