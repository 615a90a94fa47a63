import { builtInComponents, createRegistry } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { TopologyTestDriver, type ReceivedRecord } from '@headrace/testing';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../faults/seeded-random.ts';
import { evaluateNaively, type NaiveOutput, type NaiveRecord, type NaiveValue } from './naive-topology.ts';
import { randomTopology, type RandomTopology } from './random-topology.ts';

const registry = createRegistry([...builtInComponents, ...kafkaComponents]);
const first = Number(process.env['TOPOLOGY_SEED'] ?? 1);
const count = Number(process.env['TOPOLOGY_RUNS'] ?? 100);

interface Trial {
  readonly topology: RandomTopology;
  readonly sent: readonly (readonly [string, NaiveRecord])[];
  readonly came: ReadonlyMap<string, readonly ReceivedRecord[]>;
  readonly ordered: ReadonlySet<string>;
  /** Whether tasks went back to what was committed, so that records may come again. */
  readonly rewound: boolean;
}

async function run(seed: number): Promise<Trial> {
  const random = seededRandom(seed);
  const topology = randomTopology(random);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const rewinds = random() < 0.25;
  const { definition, observed: outputs, partitions, sources } = topology;
  const driver = await TopologyTestDriver.create({ definition, file: 'random.ts', registry, partitions, outputs });
  const sent: (readonly [string, NaiveRecord])[] = [];
  let rewound = false;
  try {
    for (let step = 0; step < 6; step++) {
      for (let n = Math.floor(random() * 9); n > 0; n--) {
        const source = pick(sources);
        const record = randomRecord(random, sent.length, topology.passesTombstones);
        sent.push([source, record]);
        await driver.send(source, record);
      }
      const action = pick(['settle', 'restart', 'advance', 'nothing', 'rewind']);
      if (action === 'settle') await driver.settle();
      if (action === 'advance') await driver.advance(pick([1, 700, 1500]));
      if (action === 'restart') {
        await driver.advance('2s');
        await driver.restart();
      }
      if (action === 'rewind' && rewinds) {
        for (let turns = Math.floor(random() * 6); turns > 0; turns--) await driver.clock.turn();
        await driver.rewind();
        rewound = true;
      }
    }
    await driver.advance('5s');
    await driver.end();
    const committed = Object.values(driver.committed()).reduce((sum, offset) => sum + offset, 0);
    expect(committed, 'all that was sent is committed').toBe(sent.length);
    const ordered = outputs.filter((from) => {
      const [id = '', port = 'out'] = from.split('.');
      const node = driver.graph.nodes.get(id);
      return node?.kind === 'operator' && node.outputs[port]?.ordered === true;
    });
    const came = new Map(outputs.map((from) => [from, driver.read(from)] as const));
    return { topology, sent, came, ordered: new Set(ordered), rewound };
  } finally {
    await driver.stop().catch(() => undefined);
  }
}

function randomRecord(random: () => number, seq: number, tombstones: boolean): NaiveRecord {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const value: NaiveValue = {
    id: pick(['a', 'b', 'abc', 'k1', 'a22', 'Z']),
    n: Math.floor(random() * 14) - 3,
    tags: Array.from({ length: pick([0, 1, 1, 2, 3]) }, () => pick(['x', 'y', 'z'])),
    note: pick([null, '', 'n', 'note']),
  };
  return {
    key: pick(['k0', 'k1', 'k2', 'k3', 'k4']),
    value: tombstones && random() < 0.1 ? null : value,
    timestamp: 1_767_225_600_000 + seq,
    headers: { seq: String(seq).padStart(4, '0') },
  };
}

const textOf = ({ key, value, timestamp, headers }: NaiveRecord, code: string | null): string =>
  JSON.stringify([headers['seq'], code, key, sorted(value), timestamp, sorted(headers)]);

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Says of each port what came and was not due, what was due and did not come, and whose order is lost. */
function differences({ topology, sent, came, ordered, rewound }: Trial, nodes = topology.nodes): string[] {
  const due = evaluateNaively(nodes, sent);
  return topology.observed.flatMap((from) => {
    const wanted = (due.get(from) ?? []).map(({ record, code }: NaiveOutput) => textOf(record, code));
    const given = (came.get(from) ?? []).map((record) => textOf(record as NaiveRecord, record.failure?.code ?? null));
    const found = compare(from, wanted, given, rewound);
    if (found.length > 0 || rewound || !ordered.has(from)) return found;
    return byKey(wanted, sent).flatMap(([key, inOrder]) => {
      const own = byKey(given, sent).find(([other]) => other === key)?.[1] ?? [];
      const [a, b] = topology.merged.has(from) ? [inOrder.map(seqOf), own.map(seqOf)] : [inOrder, own];
      return JSON.stringify(a) === JSON.stringify(b) ? [] : [`${from}: the order of key ${key} is lost`];
    });
  });
}

function compare(from: string, wanted: readonly string[], given: readonly string[], rewound: boolean): string[] {
  const once = (texts: readonly string[]): readonly string[] => (rewound ? [...new Set(texts)] : texts);
  const left = [...once(given)];
  const missing = once(wanted).filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...missing.map((text) => `${from}: missing ${text}`), ...left.map((text) => `${from}: too much ${text}`)];
}

function seqOf(text: string): string {
  return (JSON.parse(text) as [string])[0];
}

// The key, and the source, that a record came in with: in a stream of the same partition.
function byKey(texts: readonly string[], sent: Trial['sent']): readonly (readonly [string, readonly string[]])[] {
  const groups = new Map<string, string[]>();
  for (const text of texts) {
    const [source, record] = sent[Number(seqOf(text))] as Trial['sent'][number];
    const name = `${source} ${String(record.key)}`;
    groups.set(name, [...(groups.get(name) ?? []), text]);
  }
  return [...groups];
}

describe('a random topology', () => {
  const seen = { types: new Set<string>(), codes: new Set<string>(), rewound: 0, partitions: 0 };

  it.each(Array.from({ length: Math.ceil(count / 10) }, (_, i) => first + i * 10))(
    'gives what a naive evaluation gives, with seeds from %i on',
    async (from) => {
      for (let seed = from; seed < Math.min(from + 10, first + count); seed++) {
        const trial = await run(seed);
        const { operators } = trial.topology.definition as { operators: Record<string, { type: string }> };
        for (const { type } of Object.values(operators)) seen.types.add(type);
        for (const { failure } of [...trial.came.values()].flat()) if (failure !== null) seen.codes.add(failure.code);
        seen.rewound += Number(trial.rewound);
        seen.partitions += Number(Object.values(trial.topology.partitions).some((number) => number > 1));
        // A few tell enough.
        const found = differences(trial).slice(0, 5);
        expect(found, `seed ${String(seed)}: ${found.join('; ')}\n${JSON.stringify(operators)}`).toEqual([]);
      }
    },
    600_000,
  );

  it('has, over all seeds, each operator, each way to fail, partitions and rewinds', () => {
    if (count < 100) return;
    expect([...seen.types].sort()).toEqual(
      ['assert', 'branch', 'filter', 'flatMap', 'keyBy', 'lookup', 'map', 'parse', 'peek', 'process', 'rx'].sort(),
    );
    expect([...seen.codes].sort()).toEqual([
      'ASSERTION_FAILED',
      'DIVISION_BY_ZERO',
      'LOOKUP_FAILED',
      'NOT_PARSABLE',
      'PROCESS_FAILED',
      'VALUE_OUT_OF_RANGE',
    ]);
    expect(seen.rewound).toBeGreaterThan(5);
    expect(seen.partitions).toBeGreaterThan(20);
  });

  it('would be found out where it gave something else', async () => {
    const trial = await run(1);
    expect(differences(trial)).toEqual([]);
    // Every port that something came by is looked at: with any node that does nothing the two differ.
    const silent = trial.topology.nodes.map((node) => ({ ...node, evaluate: () => [] }));
    expect(differences(trial, silent).length).toBeGreaterThan(0);
    const [from, records] = [...trial.came].find(([, list]) => list.length > 1) ?? ['', []];
    const swapped = { ...trial, rewound: false, ordered: new Set([from]), came: new Map(trial.came) };
    swapped.came.set(from, [...records].reverse());
    expect(differences(swapped).some((text) => text.startsWith(`${from}: the order`))).toBe(true);
  });
});
