import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtInComponents, checkTopology, createRegistry, describeGraph, type TopologyGraph } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import jsonc from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import topology from './everything/topology.ts';

const folder = fileURLToPath(new URL('everything/', import.meta.url));
const json = readFileSync(`${folder}topology.json`, 'utf8');
const registry = createRegistry([...builtInComponents, ...kafkaComponents]);
const options = {
  registry,
  env: {},
  set: {},
  purpose: 'validate',
  readFile: (name: string) => readFileSync(name, 'utf8'),
} as const;
const written = jsonc.parse(json, [], { allowTrailingComma: true }) as Record<string, Record<string, { type: string }>>;
const fromJson = checkTopology({ text: json, file: path.join(folder, 'topology.json') }, options);
const fromTypeScript = checkTopology({ definition: topology, file: path.join(folder, 'topology.ts') }, options);

/** The graph as `headrace graph --format json` prints it, whatever the order of its nodes. */
function graphOf(graph: TopologyGraph | null): unknown {
  const { nodes, edges, ...rest } = JSON.parse(describeGraph(graph as TopologyGraph, 'json')) as {
    nodes: { id: string }[];
    edges: { from: string; to: string; port: string }[];
  };
  const sorted = <T>(list: T[], key: (item: T) => string) => list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  return {
    ...rest,
    nodes: sorted(nodes, ({ id }) => id),
    edges: sorted(edges, ({ from, to, port }) => `${to} ${from} ${port}`),
  };
}

describe('a topology of everything', () => {
  it('is the same data in both forms', () => {
    expect(JSON.parse(JSON.stringify(topology))).toEqual(written);
  });

  it('gives the same graph in both forms', () => {
    expect(fromJson.graph).not.toBeNull();
    expect(graphOf(fromTypeScript.graph)).toEqual(graphOf(fromJson.graph));
  });

  it('gets the same findings in both forms, of TypeScript at the call that made the node', () => {
    const said = ({ findings }: typeof fromJson) =>
      findings.map(({ code, severity, path: at, message }) => `${severity} ${code} ${at}: ${message}`).sort();
    expect(said(fromTypeScript)).toEqual(said(fromJson));
    const text = readFileSync(`${folder}topology.ts`, 'utf8').split('\n');
    const called = fromTypeScript.findings.map(({ path: at, line, column }) => [
      at.split('.').slice(0, 2).join('.'),
      /^\w+/.exec(text[line - 1]?.slice(column - 1) ?? '')?.[0],
    ]);
    expect(Object.fromEntries(called)).toEqual({
      renamedFrom: 'defineTopology',
      'parameters.password': 'defineTopology',
      'sources.unread': 'source',
      'sinks.keyed': 'to',
      'sinks.rows': 'to',
    });
  });

  it('has every component that is registered', () => {
    const used = Object.entries({ source: 'sources', operator: 'operators', sink: 'sinks' } as const).map(
      ([kind, section]) => [kind, [...new Set(Object.values(written[section] ?? {}).map(({ type }) => type))].sort()],
    );
    const known = (['source', 'operator', 'sink'] as const).map((kind) => [kind, registry.types(kind)]);
    expect(used).toEqual(known);
  });

  it('has a function in TypeScript for every component, and every codec with options', async () => {
    const core = (await import('@headrace/core')) as Record<string, unknown>;
    const kafka = (await import('@headrace/kafka/components')) as Record<string, unknown>;
    const functionOf = (name: string) => typeof (core[name] ?? kafka[name]) === 'function';
    const missing = [
      ...registry.types('source'),
      ...registry.types('operator'),
      ...registry.types('sink').map((type) => `${type}Sink`),
      ...registry.types('codec').filter((type) => {
        const { properties = {} } = (registry.codec(type)?.options ?? {}) as { properties?: object };
        return Object.keys(properties).length > 0;
      }),
    ].filter((name) => !functionOf(name));
    expect(missing).toEqual([]);
  });
});
