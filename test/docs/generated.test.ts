import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import {
  builtInComponents,
  checkDocument,
  createRegistry,
  documentSchema,
  editorSchema,
  type Component,
} from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { testFileSchema } from '@headrace/testing';
import jsonc from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../packages/cli/src/generated-files.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const components: readonly Component[] = [...builtInComponents, ...kafkaComponents];

it.each([...generatedFiles(root)])('%s is what "pnpm generate" writes', (file, text) => {
  expect(readFileSync(root + file, 'utf8')).toBe(text);
});

describe('the schema for editors', () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(editorSchema(createRegistry(components)));
  const read = (file: string): unknown =>
    jsonc.parse(readFileSync(root + file, 'utf8'), [], { allowTrailingComma: true });
  const valid = readdirSync(`${root}topologies`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[a-z-]+\/[a-z0-9-]+\.json$/.test(file))
    .map((file) => `topologies/${file}`);

  it.each(valid)('takes %s', (file) => {
    expect(validate(read(file)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each(components.map((component) => [`${component.kind} ${component.type}`, component] as const))(
    'takes the examples of the %s',
    (_, component) => {
      for (const { options } of component.examples) {
        const node = { type: component.type, ...options };
        const topology = {
          headrace: 1,
          name: 'example',
          sources: {
            in:
              component.kind === 'source'
                ? node
                : {
                    type: 'file',
                    path: './x',
                    value: component.kind === 'codec' ? { codec: component.type, ...options } : 'json',
                  },
          },
          ...(component.kind === 'operator' && { operators: { op: { ...node, input: 'in' } } }),
          sinks: { out: component.kind === 'sink' ? { ...node, input: 'in' } : { type: 'drop', input: 'in' } },
        };
        expect(validate(topology), JSON.stringify([options, validate.errors])).toBe(true);
        const section = { source: 'sources', operator: 'operators', sink: 'sinks', codec: 'sources' }[component.kind];
        const id = { source: 'in', operator: 'op', sink: 'out', codec: 'in' }[component.kind];
        const nodes = (topology as never as Record<string, Record<string, object>>)[section] as Record<string, object>;
        nodes[id] = { ...nodes[id], noSuchKey: 1 };
        expect(validate(topology)).toBe(false);
      }
    },
  );

  it('refuses what the check refuses of keys and types', () => {
    for (const name of ['keys.json', 'types.json']) expect(validate(read(`test/invalid/${name}`)), name).toBe(false);
  });

  it('takes parameters where literals stand', () => {
    const topology = {
      headrace: 1,
      name: 'parameters',
      sources: { in: { type: 'file', path: { $param: 'path' }, value: 'json' } },
      operators: { f: { type: 'filter', input: 'in', where: { $cel: './rule.cel' } } },
      sinks: { out: { type: 'file', input: 'f', path: 'x', roll: { every: { $param: 'every' } } } },
    };
    expect(validate(topology), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...topology, sources: { in: { ...topology.sources.in, path: { $parm: 'path' } } } })).toBe(false);
  });
});

it('describes every component in the reference', () => {
  const pages = readdirSync(`${root}docs/reference`).map((name) =>
    readFileSync(`${root}docs/reference/${name}`, 'utf8'),
  );
  for (const { type } of components) expect(pages.join('\n')).toContain(`\n## ${type}\n`);
});

describe('the schema of test files for editors', () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(documentSchema(testFileSchema, 'tests'));
  const files = readdirSync(`${root}topologies`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.json') && !file.includes('node_modules'))
    .map((file) => `topologies/${file}`);
  const read = (file: string): object =>
    jsonc.parse(readFileSync(root + file, 'utf8'), [], { allowTrailingComma: true }) as object;

  it.each(files)('takes %s, which names it', (file) => {
    const test = read(file);
    expect(validate(test), JSON.stringify(validate.errors)).toBe(true);
    expect(test).toMatchObject({ $schema: '../../packages/cli/test.schema.json' });
  });

  const one = (step: object) => ({ topology: './t.json', cases: [{ name: 'one', steps: [step] }] });
  it.each([
    ['a key that nobody knows', { ...one({ end: true }), topologies: 1 }],
    ['no cases', { topology: './t.json' }],
    ['a step of two', one({ end: true, restart: true })],
    ['a step of none', one({})],
    ['a time without a unit', one({ advance: '30' })],
    ['a match that there is not', one({ expect: { from: 'out', count: 1, match: 'fuzzy' } })],
    ['a negative count', one({ expectDropped: { node: 'n', reason: 'dropped', count: -1 } })],
  ])('refuses %s, as the check does', (_, test) => {
    expect(validate(test)).toBe(false);
    const found = checkDocument(testFileSchema, JSON.stringify(test), 'one.test.json').findings;
    expect(found.some(({ severity }) => severity === 'error')).toBe(true);
  });
});
