import { suggest } from '@headrace/cel';
import type { Finding, Path } from '../component/finding.ts';
import type { CheckedDefinition, CheckedNode } from '../definition/checked-definition.ts';
import { shorten } from '../definition/format-path.ts';
import { notBuiltYet } from '../definition/later.ts';
import type { ClusterDefinition } from '../definition/topology-definition.ts';

/** What decides where a topology's Kafka nodes connect to. */
export interface ClusterChoice {
  readonly definition: CheckedDefinition;
  /** Addresses from the command line; they go before those of the file. */
  readonly bootstrap: readonly string[] | undefined;
  readonly purpose: 'validate' | 'run';
  readonly report: (finding: Finding) => void;
}

interface Use {
  readonly name: string | null;
  readonly at: Path;
  readonly node: string;
}

/** Finds the one cluster of the Kafka nodes; null where there is none, or no need of one. */
export function resolveCluster(choice: ClusterChoice): ClusterDefinition | null {
  const { definition, bootstrap } = choice;
  const uses = usesOf(definition);
  checkNames(choice);
  const named = uses.filter((use) => use.name !== null);
  const other = named.find((use) => use.name !== named[0]?.name);
  if (other !== undefined)
    choice.report(notBuiltYet(other.at, `A second cluster in one topology ("${named[0]?.name}" and "${other.name}")`));
  const needing = uses.filter((use) => use.name === null);
  if (needing.length > 0 && bootstrap === undefined) needCluster(needing, choice);
  const cluster = definition.clusters.get(named[0]?.name ?? '') ?? null;
  if (bootstrap === undefined || uses.length === 0) return cluster;
  return cluster === null ? { brokers: bootstrap } : { ...cluster, brokers: bootstrap };
}

/** Tells whether the cluster of a node has a registry of schemas; null where that cannot be told, and others say why. */
export function hasRegistry(definition: CheckedDefinition, node: CheckedNode): boolean | null {
  const { clusters, run } = definition;
  const declared = declaredIn(definition);
  const name = node.common.cluster ?? run.cluster ?? (declared.length === 1 ? declared[0] : undefined);
  const cluster = name === undefined ? undefined : clusters.get(name);
  if (cluster !== undefined) return cluster.registry !== undefined;
  return definition.brokenClusters !== null && declared.length === 0 ? false : null;
}

// Kafka is the one system whose client belongs to the runtime: its nodes are known by the type's name.
function usesOf(definition: CheckedDefinition): Use[] {
  const { run } = definition;
  const declared = declaredIn(definition);
  const only = declared.length === 1 ? (declared[0] as string) : null;
  const nameOf = (node: CheckedNode | null) => node?.common.cluster ?? run.cluster ?? only;
  const uses = definition.nodes
    .filter((node) => node.type === 'kafka')
    .map((node) => ({
      name: nameOf(node),
      at: node.common.cluster === undefined ? node.at : [...node.at, 'cluster'],
      node: node.id,
    }));
  if (run.deadLetter !== undefined && 'topic' in run.deadLetter)
    uses.push({ name: nameOf(null), at: ['run', 'deadLetter'], node: 'the dead letters' });
  return uses;
}

function declaredIn({ clusters, brokenClusters }: CheckedDefinition): string[] {
  return [...clusters.keys(), ...(brokenClusters ?? [])];
}

function checkNames({ definition, report }: ClusterChoice): void {
  if (definition.brokenClusters === null) return;
  const declared = declaredIn(definition);
  const check = (name: string | undefined, at: Path) => {
    if (name === undefined || declared.includes(name)) return;
    const suggestion = suggest(name, declared);
    const message = `there is no cluster "${shorten(name, 40)}".`;
    report({
      code: 'UNKNOWN_CLUSTER',
      severity: 'error',
      at,
      message,
      ...(suggestion !== undefined && { suggestion }),
    });
  };
  check(definition.run.cluster, ['run', 'cluster']);
  for (const node of definition.nodes) check(node.common.cluster, [...node.at, 'cluster']);
}

// Without any cluster a topology still runs under `dev` and `test`; with several, each node must say which.
function needCluster(needing: readonly Use[], { definition, purpose, report }: ClusterChoice): void {
  if (definition.brokenClusters === null) return;
  const declared = declaredIn(definition).length;
  if (declared === 0 && purpose === 'validate') return;
  const [first] = needing as [Use];
  const names = needing.map((use) => (use.node.includes(' ') ? use.node : `"${use.node}"`)).join(', ');
  const message =
    declared === 0
      ? `${names} needs Kafka, and no cluster is declared.`
      : `${names} needs a cluster, and there are several.`;
  const suggestion =
    declared === 0 ? 'Declare one in "clusters", or give "--brokers".' : 'Write "cluster" on the node, or in "run".';
  report({ code: 'CLUSTER_NEEDED', severity: 'error', at: first.at, on: 'key', message, suggestion });
}
