import type { NaiveNode } from './naive-topology.ts';
import { randomOperators, valueSchema, type Choice, type Shape } from './random-operators.ts';

/** A topology that chance made: as a file says it, and as a naive evaluation reads it. */
export interface RandomTopology {
  readonly definition: object;
  readonly nodes: readonly NaiveNode[];
  /** The ports to look at, error ports among them. */
  readonly observed: readonly string[];
  readonly sources: readonly string[];
  readonly partitions: Readonly<Record<string, number>>;
  /** Whether all of its operators pass records without a value. */
  readonly passesTombstones: boolean;
  /** Ports that a record may reach by several ways, so that the order of what is made of one record is open. */
  readonly merged: ReadonlySet<string>;
}

interface Available {
  readonly from: string;
  readonly shape: Shape;
  readonly merged: boolean;
}

/** Makes a topology of one or two sources and a few operators, whose inputs are any ports that there are by then. */
export function randomTopology(random: () => number): RandomTopology {
  const choose: Choice = (from) => from[Math.floor(random() * from.length)] as (typeof from)[number];
  const sources = choose([['a'], ['a', 'b']]);
  const partitions = Object.fromEntries(sources.map((id) => [id, choose([1, 1, 2, 3])]));
  const available: Available[] = sources.map((from) => ({
    from,
    shape: { value: 'named', key: 'text' },
    merged: false,
  }));
  const operators: Record<string, object> = {};
  const nodes: NaiveNode[] = [];
  const observed: string[] = [];
  const merged = new Set<string>();
  let passesTombstones = true;
  const count = choose([1, 2, 3, 4, 5, 6]);
  for (let i = 0; i < count; i++) {
    const id = `o${String(i)}`;
    const first = choose(available);
    const alike = available.filter(
      ({ from, shape }) => from !== first.from && shape.key === first.shape.key && shape.value === first.shape.value,
    );
    const inputs = alike.length > 0 && random() < 0.3 ? [first, choose(alike)] : [first];
    const operator = choose(randomOperators)(choose);
    passesTombstones &&= operator.passesTombstones;
    const shape = operator.shape(first.shape);
    const isMerged = inputs.length > 1 || inputs.some((input) => input.merged);
    const froms = inputs.map(({ from }) => from);
    operators[id] = { ...operator.options, input: froms.length === 1 ? froms[0] : froms };
    nodes.push({ id, inputs: froms, evaluate: operator.evaluate });
    const ports = operator.ports.map((port) => (port === 'out' ? id : `${id}.${port}`));
    for (const [p, from] of ports.entries()) {
      // What is dropped is passed on as it came.
      const kept = operator.ports[p] === 'dropped' || operator.ports[p] === 'unmatched';
      available.push({ from, shape: kept ? first.shape : shape, merged: isMerged });
    }
    const looked = ports.filter(() => random() < 0.7);
    observed.push(...(looked.length === 0 ? [choose(ports)] : looked));
    if (random() < 0.6) observed.push(`${id}.error`);
    if (isMerged) for (const port of [...ports, `${id}.error`]) merged.add(port);
  }
  const sinks = Object.fromEntries(observed.map((input, i) => [`s${String(i)}`, { type: 'drop', input }]));
  const source = { type: 'kafka', key: 'string', value: { codec: 'json', schema: valueSchema } };
  return {
    definition: {
      headrace: 1,
      name: 'random',
      // What fails and is not looked at is skipped, and counted.
      run: { onError: { process: 'skip' } },
      sources: Object.fromEntries(
        sources.map((id) => [id, { ...source, topic: id, ...(passesTombstones && { tombstones: true }) }]),
      ),
      operators,
      sinks: { all: { type: 'drop', input: sources.length === 1 ? 'a' : ['a', 'b'] }, ...sinks },
    },
    nodes,
    observed,
    sources,
    partitions,
    passesTombstones,
    merged,
  };
}
