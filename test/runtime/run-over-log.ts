import { setTimeout } from 'node:timers/promises';
import {
  builtInComponents,
  checkTopology,
  createRegistry,
  planTopology,
  startTopology,
  type Clock,
  type Component,
  type Log,
  type RunningTopology,
  type TopologyGraph,
  type WorkerOptions,
} from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { columnsOf, type InMemoryLog, type VirtualClock } from '@headrace/testing';

/** A run whose Kafka and whose time are the test's. */
export interface RunOverLog {
  readonly running: RunningTopology;
  readonly graph: TopologyGraph;
}

/** Starts a topology over a Log and a clock. One with sources that keep positions on this host needs a state directory. */
export function runOverLog(
  topology: object,
  {
    log,
    clock,
    components = [],
    ...options
  }: Partial<WorkerOptions> & {
    readonly log: Log;
    readonly clock: Clock;
    readonly components?: readonly Component[];
  },
): RunOverLog {
  const registry = createRegistry([...builtInComponents, ...kafkaComponents, ...components]);
  const { graph, findings } = checkTopology(
    { file: 'topology.json', text: JSON.stringify({ headrace: 1, name: 'observed', ...topology }) },
    {
      registry,
      readFile: () => {
        throw new Error('there is no file');
      },
      env: {},
      set: {},
      purpose: 'run',
      bootstrap: ['localhost:1'],
    },
  );
  if (graph === null) throw new Error(findings.map(({ message }) => message).join('\n'));
  const running = startTopology({
    plan: planTopology(graph),
    registry,
    clock,
    stateDirectory: '/dev/null/no-state-directory',
    openLog: () => Promise.resolve(log),
    ...options,
  });
  return { running, graph };
}

/** Appends JSON values to a partition of a topic. */
export async function append(log: InMemoryLog, topic: string, partition: number, values: readonly unknown[]) {
  const records = values.map((value) => ({ value: Buffer.from(JSON.stringify(value)) }));
  await log.append(topic, new Int32Array(values.length).fill(partition), columnsOf(records));
}

/** Lets the run do what it can at this moment of virtual time, files included, until a condition holds. */
export async function until(clock: VirtualClock, condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000; turn++) {
    if (condition()) return;
    // Files take real time, however fast the machine turns.
    await (turn < 2000 ? clock.turn() : setTimeout(1));
  }
  throw new Error('It does not come to that.');
}

/** Lets virtual time pass in small steps, and the run do what it can after each. */
export async function elapse(clock: VirtualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    clock.advance(100);
    for (let turn = 0; turn < 20; turn++) await clock.turn();
  }
}
