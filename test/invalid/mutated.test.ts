import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtInComponents, checkTopology, createRegistry, formatFinding } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../topologies/orders/', import.meta.url));
const valid = readFileSync(`${folder}topology.json`, 'utf8');
// Without comments and trailing commas, for mutations of the value.
const json = valid.replaceAll(/^\s*\/\/.*$/gm, '').replaceAll(/,(\s*[}\]])/g, '$1');
const registry = createRegistry([...builtInComponents, ...kafkaComponents]);

function check(text: string) {
  const readFile = (path: string) => readFileSync(folder + path, 'utf8');
  return checkTopology({ text, file: 'topology.json' }, { registry, env: {}, set: {}, purpose: 'validate', readFile });
}

interface Mutation {
  readonly at: number;
  readonly kind: string;
  readonly value: string;
  readonly text: string;
  readonly other: number;
}

describe('a topology with mutations', () => {
  it('is valid before them', () => {
    expect(check(valid).graph).not.toBeNull();
  });

  const values = [
    'null',
    '0',
    '-1',
    '""',
    '"x"',
    '[]',
    '{}',
    '[1]',
    'true',
    '{"$param":"x"}',
    '{"$cel":"a"}',
    '{"$use":"a#b"}',
    '"1s"',
    '1e999',
  ];

  // A mutation replaces, repeats or takes out a token of JSON, or any characters.
  const mutation = fc.record({
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    kind: fc.constantFrom('value', 'drop', 'double', 'cut', 'insert', 'swap'),
    value: fc.constantFrom(...values),
    text: fc.string({ maxLength: 5 }),
    other: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });

  const mutate = (text: string, { at, kind, value, text: inserted, other }: Mutation) => {
    const tokens = text.match(/"(?:[^"\\]|\\.)*"|[-\w.]+|\s+|[^\s]/g) ?? [''];
    const index = Math.floor(at * tokens.length);
    const second = Math.floor(other * tokens.length);
    const token = tokens[index] as string;
    if (kind === 'value') tokens[index] = value;
    if (kind === 'drop') tokens[index] = '';
    if (kind === 'double') tokens[index] = token + token;
    if (kind === 'cut') tokens[index] = token.slice(0, Math.floor(token.length / 2));
    if (kind === 'insert') tokens[index] = token.slice(0, 1) + inserted + token.slice(1);
    if (kind === 'swap') [tokens[index], tokens[second]] = [tokens[second] as string, token];
    return tokens.join('');
  };

  // A mutation of the value keeps the text JSON, so that it reaches further: it replaces, renames or takes out any part.
  const mutateValue = (text: string, { at, kind, value, text: name, other }: Mutation) => {
    const root = JSON.parse(text) as unknown;
    const places: { owner: Record<string, unknown>; key: string }[] = [];
    const walk = (owner: unknown) => {
      if (typeof owner !== 'object' || owner === null) return;
      for (const key of Object.keys(owner)) {
        places.push({ owner: owner as Record<string, unknown>, key });
        walk((owner as Record<string, unknown>)[key]);
      }
    };
    walk(root);
    const { owner, key } = places[Math.floor(at * places.length)] as (typeof places)[number];
    const donor = places[Math.floor(other * places.length)] as (typeof places)[number];
    if (kind === 'value') owner[key] = JSON.parse(value.replace('1e999', '1e9'));
    if (kind === 'drop') delete owner[key];
    if (kind === 'double') owner[`${key}${name}`] = owner[key];
    if (kind === 'cut') owner[key] = typeof owner[key] === 'string' ? owner[key].slice(1) : [owner[key]];
    if (kind === 'insert') owner[key] = typeof owner[key] === 'string' ? owner[key].replace(/\W|$/, `${name}$&`) : name;
    if (kind === 'swap') owner[key] = structuredClone(donor.owner[donor.key]);
    return JSON.stringify(root, null, 1);
  };

  const holds = (text: string) => {
    const { graph, findings } = check(text);
    const lines = text.split(/\r\n|\n|\r/);
    for (const finding of findings) {
      const line = lines[finding.line - 1];
      expect(line).toBeDefined();
      expect(finding.column).toBeGreaterThanOrEqual(1);
      expect(finding.column).toBeLessThanOrEqual((line as string).length + 1);
      expect(finding.code, finding.message).not.toBe('COMPONENT_FAILED');
      expect(finding.excerpt.caret + finding.excerpt.length).toBeLessThanOrEqual(finding.excerpt.text.length + 1);
      expect(formatFinding(finding)).toContain(finding.code);
    }
    if (findings.some(({ severity }) => severity === 'error')) expect(graph).toBeNull();
  };

  it('never throws, and every finding lies inside the file', () => {
    const arbitrary = fc.array(mutation, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(arbitrary, (mutations) => holds(mutations.reduce(mutate, valid))),
      { seed: 4, numRuns: 500 },
    );
  });

  it('never throws where the text is still JSON', () => {
    const arbitrary = fc.array(mutation, { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(arbitrary, (mutations) => holds(mutations.reduce(mutateValue, json))),
      { seed: 5, numRuns: 500 },
    );
  });

  it('never accepts a key that nobody knows, wherever it stands', () => {
    const places: (string | number)[][] = [];
    const walk = (value: unknown, at: (string | number)[]) => {
      if (typeof value !== 'object' || value === null) return;
      // Names of nodes, parameters, fields and headers are the author's.
      const named = ['sources', 'operators', 'sinks', 'parameters', 'set', 'select', 'headers'].includes(String(at.at(-1)));
      if (!Array.isArray(value) && !named) places.push(at);
      for (const [key, part] of Object.entries(value)) walk(part, [...at, Array.isArray(value) ? Number(key) : key]);
    };
    walk(JSON.parse(json), []);
    expect(places.length).toBeGreaterThan(10);
    for (const at of places) {
      const changed = JSON.parse(json) as Record<string, unknown>;
      const owner = at.reduce<unknown>((value, key) => (value as never)[key], changed) as Record<string, unknown>;
      owner['noSuchKey'] = 1;
      const found = check(JSON.stringify(changed)).findings.filter(({ message }) => message.includes('noSuchKey'));
      expect(found.map(({ code }) => code), at.join('.')).toEqual(['UNKNOWN_KEY']);
    }
  });
});
