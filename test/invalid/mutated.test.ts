import { checkTopology, formatFinding, type CheckedTopology } from '@headrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codes } from '../../packages/core/src/errors/codes.ts';
import { mutateData, mutateText, mutation, type Mutation } from './mutations.ts';
import { validTopologies, type ValidTopology } from './valid-topologies.ts';

const topologies = validTopologies();
// Another seed says which mutations; what they reach is judged of those that are always the same.
const seeded = process.env['MUTATION_SEED'] !== undefined;
const seed = Number(process.env['MUTATION_SEED'] ?? 4);
const runs = Number(process.env['MUTATION_RUNS'] ?? 500);
const longestMs = 60_000 + 100 * runs;

type Check = (topology: ValidTopology, text: string) => CheckedTopology;
const check: Check = (topology, text) => topology.check(text);
const chosen = ({ topology }: Mutation) => topologies[Math.floor(topology * topologies.length)] as ValidTopology;

/** Holds what a check says to the text: every finding lies in the file (or in one that it names), and an error leaves no graph. */
function holds(topology: ValidTopology, text: string, by: Check): CheckedTopology {
  const checked = by(topology, text);
  const lines = text.split(/\r\n|\n|\r/);
  for (const finding of checked.findings) {
    if (finding.file === 'topology.json') {
      const line = lines[finding.line - 1];
      expect(line).toBeDefined();
      expect(finding.column).toBeLessThanOrEqual((line as string).length + 1);
    }
    expect(finding.column).toBeGreaterThanOrEqual(1);
    expect(codes.get(finding.code)?.checked, finding.code).toBe(true);
    expect(finding.code, finding.message).not.toBe('COMPONENT_FAILED');
    expect(finding.message).not.toMatch(/undefined|\[object |NaN/);
    expect(finding.excerpt.caret + finding.excerpt.length).toBeLessThanOrEqual(finding.excerpt.text.length + 1);
    expect(formatFinding(finding)).toContain(finding.code);
  }
  if (checked.findings.some(({ severity }) => severity === 'error')) expect(checked.graph).toBeNull();
  return checked;
}

/** Mutates texts, so many by one to three mutations. */
function mutateTexts(by: Check, numRuns: number): CheckedTopology[] {
  const all: CheckedTopology[] = [];
  const property = fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
    const topology = chosen(mutations[0] as Mutation);
    all.push(holds(topology, mutations.reduce(mutateText, topology.text), by));
  });
  fc.assert(property, { seed, numRuns });
  return all;
}

/** Mutates data, so many by one or two mutations. */
function mutateAll(by: Check, numRuns: number): CheckedTopology[] {
  const all: CheckedTopology[] = [];
  const property = fc.property(fc.array(mutation, { minLength: 1, maxLength: 2 }), (mutations) => {
    const topology = chosen(mutations[0] as Mutation);
    const root = topology.value();
    for (const one of mutations) mutateData(root, one);
    all.push(holds(topology, JSON.stringify(root, null, 1), by));
  });
  fc.assert(property, { seed: seed + 1, numRuns });
  return all;
}

/** Writes a key that nobody knows into each object, and lists those where it is not refused by its name, once. */
function acceptedKeys(topology: ValidTopology, by: Check): string[] {
  const places: (string | number)[][] = [];
  // Names of nodes, parameters, fields, headers and the like are the author's; a schema has attributes of its own.
  const named = 'sources operators sinks parameters clusters set select let rename types headers query that ports by price'.split(' ');
  const walk = (value: unknown, at: (string | number)[]) => {
    if (typeof value !== 'object' || value === null || ['schema', 'returns', 'output'].includes(String(at.at(-1)))) return;
    if (!Array.isArray(value) && !named.includes(String(at.at(-1)))) places.push(at);
    for (const [key, part] of Object.entries(value)) walk(part, [...at, Array.isArray(value) ? Number(key) : key]);
  };
  walk(topology.value(), []);
  expect(places.length).toBeGreaterThan(2);
  return places
    .filter((at) => {
      const changed = topology.value();
      const owner = at.reduce<unknown>((value, key) => (value as never)[key], changed) as Record<string, unknown>;
      owner['noSuchKey'] = 1;
      const found = by(topology, JSON.stringify(changed)).findings.filter(({ message }) => message.includes('noSuchKey'));
      return found.length !== 1 || found[0]?.code !== 'UNKNOWN_KEY';
    })
    .map((at) => at.join('.'));
}

describe('valid topologies with mutations', () => {
  it('are all there are, and valid before', () => {
    expect(topologies.length).toBeGreaterThan(8);
    for (const topology of topologies) expect(check(topology, topology.text).graph, topology.name).not.toBeNull();
  });

  it('never make the check throw, and every finding lies inside the file', () => {
    const all = mutateTexts(check, runs);
    expect(all).toHaveLength(runs);
    if (!seeded) expect(all.filter(({ graph }) => graph === null).length).toBeGreaterThan(250);
  }, longestMs);

  it('never make it throw where the text is still JSON, and reach most of what a check knows', () => {
    const all = mutateAll(check, runs);
    expect(all).toHaveLength(runs);
    if (seeded) return;
    const found = new Set(all.flatMap(({ findings }) => findings.map(({ code }) => code)));
    expect(found.size).toBeGreaterThan(30);
    // Some change nothing that matters: those are accepted.
    expect(all.filter(({ graph }) => graph !== null).length).toBeGreaterThan(20);
  }, longestMs);

  it.each(topologies.map((topology) => [topology.name, topology] as const))(
    'never make it accept a key that nobody knows, wherever it stands: %s',
    (_, topology) => {
      expect(acceptedKeys(topology, check)).toEqual([]);
    },
  );
});

// What the mutations are good for is shown by checks that are not.
describe('a check with a fault', () => {
  const changed =
    (change: (checked: CheckedTopology, text: string) => CheckedTopology): Check =>
    (topology, text) =>
      change(check(topology, text), text);

  const faults: Readonly<Record<string, Check>> = {
    'that throws on what it does not expect': changed((checked) => {
      if (checked.findings.some(({ code }) => code === 'WRONG_TYPE')) throw new TypeError('x is not a function');
      return checked;
    }),
    'whose places are wrong': changed((checked) => ({
      ...checked,
      findings: checked.findings.map((finding) => ({ ...finding, line: finding.line + 1, column: finding.column + 200 })),
    })),
    'that gives a graph in spite of errors': changed((checked) => ({ ...checked, graph: {} as never })),
    'that knows a code of no list': changed((checked) => ({
      ...checked,
      findings: checked.findings.map((finding) => ({ ...finding, code: finding.code.replace('UNKNOWN_NODE', 'NO_NODE') })),
    })),
  };

  it.each(Object.entries(faults))('%s is found out', (_, by) => {
    expect(() => {
      mutateTexts(by, 100);
      mutateAll(by, 100);
    }).toThrow();
  });

  it('that passes over keys within options is found out', () => {
    const lenient = changed((checked) => ({
      ...checked,
      findings: checked.findings.filter(({ code, path }) => code !== 'UNKNOWN_KEY' || path.split('.').length < 4),
    }));
    expect(topologies.flatMap((topology) => acceptedKeys(topology, lenient)).length).toBeGreaterThan(5);
  });
});

describe('hostile topologies', () => {
  const refused = (text: string) => {
    const checked = checkTopology({ text, file: 'topology.json' }, {
      registry: null as never,
      env: {},
      set: {},
      purpose: 'validate',
      readFile: () => '',
    });
    return checked.findings.map(({ code, line, column }) => `${code} ${line}:${column}`);
  };

  it('of 100,000 levels are refused before anything recursive sees them', () => {
    expect(refused('['.repeat(100_000))).toEqual(['NESTED_TOO_DEEP 1:65']);
    expect(refused(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)).toEqual(['NESTED_TOO_DEEP 1:321']);
  });

  it('of 50 MB are refused before they are parsed', () => {
    expect(refused(`[${'1,'.repeat(25_000_000)}1]`)).toEqual(['FILE_TOO_LARGE 1:1']);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('with the key %s are refused wherever it stands, and leave prototypes alone', (key) => {
    for (const topology of topologies) {
      const places = [...topology.text.matchAll(/\{(?=\s*")/g)].map(({ index }) => index + 1);
      const at = places[Math.floor(places.length / 2)] as number;
      const text = `${topology.text.slice(0, at)} ${JSON.stringify(key)}: { "polluted": 1 },${topology.text.slice(at)}`;
      const { findings, graph } = check(topology, text);
      expect(graph).toBeNull();
      expect(findings.filter(({ code }) => code === 'FORBIDDEN_KEY')).toHaveLength(1);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    }
  });

  it('with a key that stands twice are refused wherever it stands', () => {
    for (const topology of topologies) {
      const keys = [...topology.text.matchAll(/"[A-Za-z]\w*": "[^"\\]*"/g)];
      const { 0: whole, index: at } = keys[Math.floor(keys.length / 2)] as RegExpExecArray;
      const text = `${topology.text.slice(0, at)}${whole}, ${topology.text.slice(at)}`;
      const { findings, graph } = check(topology, text);
      expect(graph).toBeNull();
      expect(findings.map(({ code }) => code)).toContain('DUPLICATE_KEY');
    }
  });
});
