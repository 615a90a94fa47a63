import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWarmCommand, type WarmCommand } from '../command/warm-command.ts';
import { readPage } from './read-page.ts';
import { runPage } from './run-page.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Pages whose blocks another test executes. */
const elsewhere: Readonly<Record<string, string>> = {
  'docs/embedded-broker.md': 'test/broker/guide.test.ts',
  'docs/expressions.md': 'packages/cel/src/guide.test.ts',
  'docs/schema-registry.md': 'test/registry/guide.test.ts',
  'docs/reference/codecs.md': 'test/docs/generated.test.ts',
  'docs/reference/operators.md': 'test/docs/generated.test.ts',
  'docs/reference/sinks.md': 'test/docs/generated.test.ts',
  'docs/reference/sources.md': 'test/docs/generated.test.ts',
};

/** All blocks that nothing executes, with the reasons that their pages give. */
const notRun: readonly string[] = [
  'ARCHITECTURE.md: a drawing',
  'README.md: needs Java and Maven; test/kafka/verbs.test.ts runs it',
  'README.md: needs Java and Maven; test/kafka/verbs.test.ts runs it',
  'docs/dev.md: it runs until it is ended; test/cli/dev.test.ts holds what it does',
  'docs/dev.md: the port may be another',
  'topologies/log-collection/README.md: needs a broker; test/kafka/examples.test.ts runs it',
  'topologies/nexmark/README.md: needs Java and Maven; test/kafka runs both topologies',
  'topologies/order-router/README.md: needs a broker; test/kafka/examples.test.ts runs it',
];

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['docs', 'topologies'].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => path.posix.join(folder, name)),
  ),
].sort();
const fencesOf = (page: string) => readPage(readFileSync(root + page, 'utf8'));
const toRun = pages.filter((page) => !Object.hasOwn(elsewhere, page) && fencesOf(page).length > 0);

let command: WarmCommand;
let folder: string;
beforeAll(async () => {
  command = await startWarmCommand();
});
afterAll(() => command.close());
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-page-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the blocks of a page', () => {
  it.each(toRun)('do what %s says', async (page) => {
    cpSync(`${root}topologies`, path.join(folder, 'topologies'), {
      recursive: true,
      filter: (source) => !['node_modules', 'out', '.headrace'].includes(path.basename(source)),
    });
    expect(await runPage(fencesOf(page), { folder, beside: path.dirname(root + page), command })).toEqual([]);
  });

  it('are all executed, but for those that say why not', () => {
    const left = pages.flatMap((page) =>
      fencesOf(page).flatMap((fence) => (fence.notRun === null ? [] : [`${page}: ${fence.notRun}`])),
    );
    expect(left).toEqual(notRun);
  });

  it('are executed by another test on some pages, which names them', () => {
    for (const [page, test] of Object.entries(elsewhere)) {
      expect(pages).toContain(page);
      const text = existsSync(root + test) ? readFileSync(root + test, 'utf8') : '';
      expect(text.includes(path.basename(page)) || text.includes('docs/reference'), test).toBe(true);
    }
  });
});

describe('the links of a page', () => {
  const linksOf = (page: string): string[] =>
    [...readFileSync(root + page, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);

  it.each(pages)('lead somewhere on %s', (page) => {
    const local = linksOf(page).filter((link) => !/^[a-z]+:/.test(link));
    expect(local.filter((link) => !existsSync(path.join(path.dirname(root + page), link)))).toEqual([]);
  });

  it('reach every page of docs from the README', () => {
    const linked = linksOf('README.md').map((link) => path.join(root, link));
    const guides = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page));
    expect(guides.filter((page) => !linked.includes(path.join(root, page)))).toEqual([]);
  });
});

describe('the test of pages', () => {
  const run = (markdown: string) => runPage(readPage(markdown), { folder, beside: folder, command });
  const block = (head: string, text: string): string => `\`\`\`${head}\n${text}\n\`\`\`\n`;

  it('finds a command that fails, and takes one that should', async () => {
    const [problem, ...others] = await run(block('sh', 'headrace validate none.json'));
    expect(problem).toMatch(/^line 1: it ended with 2:/);
    expect(others).toEqual([]);
    expect(await run(block('sh exit=2', 'headrace validate none.json'))).toEqual([]);
    expect(await run(block('sh', 'false\ntrue'))).toHaveLength(1);
    expect(await run(block('sh', 'pnpm kafka:start'))).toHaveLength(1);
  });

  it('compares what is printed with what is shown', async () => {
    const printed = (text: string) => run(block('sh', 'printf "one\\ntwo 2\\nthree\\n"') + block('text', text));
    for (const shown of ['one\ntwo 2\nthree', 'three', 'one\n…\nthree', '…\nthree', 'two …\nthree', 'one\n…'])
      expect(await printed(shown), shown).toEqual([]);
    for (const shown of ['one', 'two', 'one\nthree', 'hree', 'two x…\nthree', '…\ntwo 2'])
      expect(await printed(shown), shown).toHaveLength(1);
    expect(await run(block('text', 'one'))).toEqual(['line 1: nothing was run before it.']);
  });

  it('writes files, and keeps the folder', async () => {
    const page =
      block('sh', 'mkdir inner\ncd inner') +
      block('json title="a.json"', '{ "a": 1 }') +
      block('sh', 'cat a.json; basename "$PWD"; headrace eval "1 + 2"') +
      block('text', '{ "a": 1 }\ninner\nvalue  3\n…') +
      block('jsonc from="a.json"', '{ "a": 1, }') +
      block('jsonc from="a.json"', '{ "a": 2 }');
    const problems = await run(page);
    expect(problems).toEqual([expect.stringContaining('"a.json" holds something else')]);
  });

  it('looks at JSON, and refuses what nothing checks', async () => {
    expect(await run(block('jsonc', '{ "type": "filter", "input": "in", "where": "a" }'))).toEqual([]);
    expect(await run(block('jsonc', '{ "type": "filter", "input": "in", "were": "a" }'))).toHaveLength(1);
    expect(await run(block('jsonc', '{ "a": '))).toHaveLength(1);
    expect(await run(block('ts', 'const a = 1;'))).toHaveLength(1);
    expect(await run(`<!-- not run: a sketch -->\n\n${block('ts', 'const a = 1;')}`)).toEqual([]);
  });
});
