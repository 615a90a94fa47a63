import { formatFinding, type CheckedTopology, type TopologyGraph } from '@headrace/core';
import { readVariables } from '../read-variables.ts';
import { commandRegistry, readTopology } from '../read-topology.ts';
import { redactorOf, type Redact } from '../secrets.ts';

/** The options of every verb that looks at a cluster. */
export interface OnlineOptions {
  readonly brokers?: string;
  readonly set?: readonly string[];
  readonly envFile?: string;
}

/** A topology that is checked as for a run, with what takes its secrets out of a text. */
export interface OpenedTopology {
  readonly graph: TopologyGraph;
  readonly brokers: readonly string[];
  readonly redact: Redact;
}

/** Checks a topology as a run would, parameters and cluster included. */
export async function checkForCluster(
  file: string,
  { brokers: written, set, envFile }: OnlineOptions,
): Promise<CheckedTopology> {
  if (envFile !== undefined) readVariables(envFile);
  const brokers = written?.split(',').map((broker) => broker.trim());
  return readTopology(file, commandRegistry(), {
    purpose: 'run',
    ...(set === undefined ? {} : { set }),
    ...(brokers === undefined ? {} : { brokers }),
  });
}

/** Checks a topology and prints what is wrong with it; null where it has errors. */
export async function openTopology(file: string, options: OnlineOptions): Promise<OpenedTopology | null> {
  const { graph, findings } = await checkForCluster(file, options);
  for (const finding of findings)
    if (finding.severity !== 'info') process.stderr.write(`${formatFinding(finding)}\n\n`);
  return graph === null ? null : openedTopology(graph);
}

/** Adds to a graph what the verbs need beside it. */
export function openedTopology(graph: TopologyGraph): OpenedTopology {
  return { graph, brokers: graph.cluster?.brokers ?? [], redact: redactorOf(graph) };
}
