import { describe, expect, it } from 'vitest';
import { builtInComponents } from '../built-in-components.ts';
import { defineOperator } from '../component/define.ts';
import { createRegistry } from '../component/registry.ts';
import { checkTopology } from '../validate/check-topology.ts';
import { Type } from 'typebox';
import { planTopology } from './plan-topology.ts';
import type { TopologyPlan } from './topology-plan.ts';

/** An asynchronous operator that passes everything on. */
const later = defineOperator({
  type: 'later',
  summary: 'Passes records on later.',
  options: Type.Object({}),
  examples: [],
  ports: () => [{ port: 'out', quiet: false }],
  infer: (_options, input) => ({ out: input }),
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  create: () => () => {
    throw new Error('a plan runs nothing');
  },
});

function planOf(nodes: { operators?: object; sinks: object; sources?: object; run?: object }): TopologyPlan {
  const source = { type: 'file', path: './in.ndjson', value: 'json' };
  const definition = { headrace: 1, name: 'planned', sources: { a: source, b: source }, ...nodes };
  const { graph, findings } = checkTopology(
    { text: JSON.stringify(definition), file: 'topology.json' },
    { registry: createRegistry([...builtInComponents, later]), readFile: () => '', env: {}, set: {}, purpose: 'run' },
  );
  if (graph === null) throw new Error(findings.map(({ message }) => message).join('\n'));
  return planTopology(graph);
}

const describePlan = (plan: TopologyPlan): string[] =>
  plan.stages.map(({ stage, exits }) => {
    const targets = exits.map((exit) =>
      exit.kind === 'stage'
        ? `stage ${String(exit.stage)}`
        : `${exit.kind} ${exit.kind === 'async' ? exit.node : exit.sink}`,
    );
    return `${stage.head}: ${Object.keys(stage.nodes).join(' ')} -> ${targets.join(', ')}`;
  });

describe('planTopology', () => {
  it('puts a tree of synchronous nodes with its sinks into one stage', () => {
    const plan = planOf({
      sources: { a: { type: 'file', path: './in.ndjson', value: 'json' } },
      operators: {
        f: { type: 'filter', input: 'a', where: 'true' },
        r: { type: 'branch', input: 'f', cases: [{ port: 'x', where: 'true' }] },
      },
      sinks: {
        one: { type: 'drop', input: 'r.x' },
        two: { type: 'drop', input: 'r.unmatched' },
      },
    });
    expect(describePlan(plan)).toEqual(['a: a f r one two -> sink one, sink two']);
    expect(plan.places.get('a')?.map(({ node, above, holds }) => [node, above, holds])).toEqual([
      [null, [], false],
      ['one', [0], true],
      ['two', [0], true],
    ]);
  });

  it('keeps a merge inside when all its inputs come from one stage, with one exit for both', () => {
    const plan = planOf({
      sources: { a: { type: 'file', path: './in.ndjson', value: 'json' } },
      operators: {
        r: { type: 'branch', input: 'a', cases: [{ port: 'x', where: 'true' }] },
        m: { type: 'filter', input: ['r.x', 'r.unmatched'], where: 'true' },
      },
      sinks: { out: { type: 'drop', input: ['m', 'm.dropped'] } },
    });
    expect(describePlan(plan)).toEqual(['a: a r m out -> sink out']);
    const node = plan.stages[0]?.stage.nodes['r'];
    expect(node?.ports).toMatchObject({ x: ['m'], unmatched: ['m'] });
  });

  it('begins a stage at a merge of two sources, planned once, and one at each port of an asynchronous node', () => {
    const plan = planOf({
      operators: { m: { type: 'filter', input: ['a', 'b'], where: 'true' }, l: { type: 'later', input: 'm' } },
      sinks: { out: { type: 'drop', input: 'l' } },
    });
    expect(describePlan(plan).sort((x, y) => (x < y ? -1 : 1))).toEqual([
      'a: a -> stage 1',
      'b: b -> stage 1',
      'l.out: out l.out -> sink out',
      'm: m -> async l',
    ]);
    for (const source of ['a', 'b']) {
      expect(plan.places.get(source)?.map(({ node, kind, above }) => [node, kind, above])).toEqual([
        [null, 'head', []],
        ['l', 'async', [0]],
        ['out', 'sink', [0, 1]],
      ]);
    }
    expect(plan.asyncNodes.get('l')?.ports).toMatchObject({
      out: { stage: expect.any(Number) as number },
      error: { unconnected: 'fail' },
    });
  });

  it('leads failures by policy: dead letters share an exit, after a connected error port', () => {
    const plan = planOf({
      sources: { a: { type: 'file', path: './in.ndjson', value: 'json' } },
      run: {
        onError: { decode: 'deadLetter', process: 'skip', deliver: 'deadLetter' },
        deadLetter: { sink: 'letters' },
      },
      operators: { f: { type: 'filter', input: 'a', where: 'n > 1' } },
      sinks: {
        out: { type: 'drop', input: 'f' },
        letters: { type: 'file', path: './letters.ndjson', value: 'json' },
      },
    });
    const { stage, exits } = plan.stages[0] as TopologyPlan['stages'][number];
    expect(stage.nodes['f']?.onErrorOf).toEqual({ process: 'skip' });
    const letters = stage.nodes['a']?.onErrorOf?.decode as { exit: number };
    expect(exits[letters.exit]).toMatchObject({ kind: 'deadLetter', sink: 'letters', as: 'envelope' });
    // Dead letters of a refused delivery come from the sink: its place stands above theirs, and they are last.
    const places = plan.places.get('a') ?? [];
    expect(places.at(-1)).toMatchObject({
      node: 'letters',
      above: [0, places.findIndex(({ node }) => node === 'out')],
    });
  });
});
