import { readFileSync } from 'node:fs';
import { checkTopology } from '@headrace/core';
import type { ModuleLoader, Registry, TopologyGraph } from '@headrace/core';
import { TopologyError } from './topology-error.ts';

/** A topology to test: a file, or a text that stands for one at `file`. */
export interface TestedTopology {
  /** The path of the topology; paths within it resolve from its folder. */
  readonly file?: string;
  /** The text of the topology, where it is not in the file. */
  readonly text?: string;
  /** A topology that `defineTopology` has made, or a program. */
  readonly definition?: unknown;
  readonly registry: Registry;
  /** Reads the files that the topology names; those of the disk unless said. Throws where there is none. */
  readonly readFile?: (path: string) => string;
  /** Loads the files of `$use`: an object whose `load` imports the file, where the test runner loads TypeScript. */
  readonly modules?: ModuleLoader;
  /** Values of parameters, as `--set` gives them. */
  readonly parameters?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** Checks a topology as `run` does, but for the environment, which tests do not have; throws one error with all findings. */
export function checkTested(topology: TestedTopology): TopologyGraph {
  const file = topology.file ?? 'topology.json';
  const { definition } = topology;
  const source =
    definition === undefined ? { file, text: topology.text ?? readFileSync(file, 'utf8') } : { file, definition };
  const set = Object.entries(topology.parameters ?? {}).map(([name, value]) => [name, String(value)] as const);
  const { graph, findings } = checkTopology(source, {
    registry: topology.registry,
    readFile: topology.readFile ?? ((path) => readFileSync(path, 'utf8')),
    env: {},
    set: Object.fromEntries(set),
    purpose: 'run',
    // No broker is asked for: with this, Kafka nodes need no cluster.
    bootstrap: ['in-memory'],
  });
  if (graph === null || findings.some(({ severity }) => severity === 'error')) throw new TopologyError(file, findings);
  return graph;
}
