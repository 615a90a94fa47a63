import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtInComponents, checkTopology, createRegistry } from '@headrace/core';
import jsonc from 'jsonc-parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import orders from '../../topologies/orders/topology.ts';
import { runHeadrace } from './run-headrace.ts';

const example = fileURLToPath(new URL('../../topologies/orders/', import.meta.url));

describe('a topology in both forms', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  const change = async (from: string, to: string): Promise<void> => {
    const text = await readFile(file('topology.ts'), 'utf8');
    expect(text).toContain(from);
    await writeFile(file('topology.ts'), text.replace(from, to));
  };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-forms-'));
    await cp(example, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is the same data', async () => {
    const text = await readFile(`${example}topology.json`, 'utf8');
    const { $schema, ...written } = jsonc.parse(text, [], { allowTrailingComma: true }) as Record<string, unknown>;
    expect($schema).toMatch(/topology\.schema\.json$/);
    expect(JSON.parse(JSON.stringify(orders))).toEqual(written);
  });

  it('prints the same graph', async () => {
    const [json, typescript] = await Promise.all(
      ['topology.json', 'topology.ts'].map((name) => runHeadrace(folder, 'graph', '--format', 'json', name)),
    );
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(typescript).toEqual(json);
  });

  it('runs from TypeScript without a build, in a folder that has installed nothing', async () => {
    const { code, stdout } = await runHeadrace(folder, 'run', 'topology.ts', '--from', 'earliest');
    expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 11 });
  });

  it('points at the call that made a node', async () => {
    await change("status == 'PAID'", "state == 'PAID'");
    await change("map('priced',", "// A comment moves what follows.\n    map('priced',");
    await change('set: { total:', 'sett: { total:');
    const { code, stdout } = await runHeadrace(folder, 'validate', 'topology.ts');
    expect(code).toBe(2);
    expect(stdout.split('\n').filter((line) => line.startsWith('topology.ts'))).toEqual([
      'topology.ts:25:5 error UNKNOWN_FIELD  operators.paid.where: field "state" does not exist on the records of "orders". Did you mean "status"?',
      'topology.ts:27:5 error UNKNOWN_KEY  operators.priced.sett: the key "sett" is not known here. Did you mean "set"?',
    ]);
    expect(stdout).toContain("   27 |   map('priced', { sett: ");
    expect(stdout).toContain('      |   ^^^\n');
  });

  it('points at both forms of calls: a source, and a sink behind a chain', async () => {
    await change("path: './data/orders.ndjson'", 'path: 1 as never');
    await change("path: './out/rejected.ndjson'", 'path: 2 as never');
    const { stdout } = await runHeadrace(folder, 'validate', '--format', 'json', 'topology.ts');
    const { findings } = JSON.parse(stdout) as { findings: { code: string; line: number; column: number }[] };
    const text = (await readFile(file('topology.ts'), 'utf8')).split('\n');
    expect(findings.map(({ code, line, column }) => [code, text[line - 1]?.slice(column - 1, column + 5)])).toEqual([
      ['WRONG_TYPE', 'source'],
      ['WRONG_TYPE', "to('re"],
    ]);
  });

  it('refuses two nodes of one id, at the second', async () => {
    await change("unreadable.to('rejected'", "unreadable.to('rest'");
    const { stdout } = await runHeadrace(folder, 'validate', 'topology.ts');
    expect(stdout).toMatch(/^topology\.ts:\d+:14 error DUPLICATE_ID {2}sinks\.rest: "rest" is already the id/m);
  });

  it('says what a module has thrown, with the line', async () => {
    await change('const region =', 'null.x;\n  const region =');
    const { code, stdout } = await runHeadrace(folder, 'validate', 'topology.ts');
    expect(code).toBe(2);
    expect(stdout).toMatch(/^topology\.ts:24:\d+ error MODULE_NOT_LOADED .*TypeError: .*null/);
    expect(stdout).toContain('   24 |   null.x;\n');
    expect(stdout).not.toMatch(/node:internal|packages\//);
  });

  it('shows where the text is no TypeScript', async () => {
    await change('const region =', 'const = region');
    const { code, stdout } = await runHeadrace(folder, 'validate', 'topology.ts');
    expect(code).toBe(2);
    expect(stdout).toMatch(/^topology\.ts:24:\d+ error MODULE_NOT_LOADED/);
    expect(stdout).toContain('const = region');
  });

  it('is not written by an asynchronous function, whose nodes would be missing', async () => {
    await change('({ source }) => {', 'async ({ source }) => {\n  await Promise.reject(new Error("lost"));');
    const { code, stdout } = await runHeadrace(folder, 'validate', 'topology.ts');
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^topology\.ts:19:16 error MODULE_NOT_LOADED .*TypeError: the function .* must not be asynchronous/,
    );
    expect(stdout).toContain('1 error, 0 warnings');
  });

  it('needs a topology as the default export', async () => {
    await writeFile(file('topology.ts'), 'export const topology = 1;\n');
    const { code, stdout } = await runHeadrace(folder, 'validate', 'topology.ts');
    expect(code).toBe(2);
    expect(stdout).toContain('topology.ts:1:1 error WRONG_TYPE  the module exports no topology by default.');
  });
});

describe('a definition that a program made', () => {
  const check = (definition: unknown) =>
    checkTopology(
      { definition, file: 'topology.ts' },
      {
        registry: createRegistry(builtInComponents),
        env: {},
        set: {},
        purpose: 'validate',
        readFile: () => {
          throw new Error('no file');
        },
      },
    );
  const plain = {
    headrace: 1,
    name: 'plain',
    sources: { lines: { type: 'file', path: './in.ndjson', value: 'json' } },
    sinks: { out: { type: 'drop', input: 'lines' } },
  };
  const codes = (definition: unknown) => check(definition).findings.map(({ code, path: at }) => `${code} ${at}`);

  it('is taken as it is', () => {
    expect(codes(plain)).toEqual([]);
    expect(codes({ ...plain, run: undefined })).toEqual([]);
  });

  it('is refused, not followed, where it is no data', () => {
    const cycle: Record<string, unknown> = {};
    cycle['again'] = cycle;
    expect(codes({ ...plain, run: cycle })).toContain('NESTED_TOO_DEEP run.again');
    expect(codes({ ...plain, run: new Map() })).toEqual(['WRONG_TYPE run']);
    expect(codes({ ...plain, run: { memory: 1n } })).toContain('WRONG_TYPE run.memory');
    expect(codes({ ...plain, group: Number.NaN })).toContain('NUMBER_OUT_OF_RANGE group');
    expect(codes(JSON.parse('{"__proto__":{"polluted":1},"headrace":1}'))).toContain('FORBIDDEN_KEY ');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    for (const nothing of [undefined, null, 1, 'text', () => plain]) expect(codes(nothing)).toEqual(['WRONG_TYPE ']);
  });
});
