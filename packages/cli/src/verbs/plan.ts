import {
  describePlan,
  describeStages,
  formatFinding,
  formatPlan,
  formatStages,
  HeadraceError,
  planTopology,
  type CheckedTopology,
  type TopologyGraph,
} from '@headrace/core';
import { checkForCluster, openedTopology, type OnlineOptions } from '../deploy/open-topology.ts';
import { exitCodes } from '../exit-codes.ts';
import { commandRegistry, readTopology } from '../read-topology.ts';
import { reportError } from '../report-error.ts';

/** The options of `plan`. */
export interface PlanOptions extends OnlineOptions {
  readonly format: 'text' | 'json' | 'kafka-acls';
  readonly code?: boolean;
  readonly acls?: boolean;
  readonly principal?: string;
  readonly online?: boolean;
}

/** A part of what is printed: a text for people, and what JSON has under a name of its own. */
interface Part {
  readonly text: string;
  readonly fields: object;
}

/** Prints how a topology would run; returns the exit code: 1 where `--online` finds that something is not as it needs it. */
export async function printPlan(file: string, options: PlanOptions): Promise<number> {
  let redact: (text: string) => string = (text) => text;
  try {
    const { graph, findings } = await check(file, options);
    for (const finding of findings)
      if (finding.severity !== 'info') process.stderr.write(`${formatFinding(finding)}\n\n`);
    if (graph === null) return exitCodes.wrongInput;
    ({ redact } = openedTopology(graph));
    if (options.format === 'kafka-acls') {
      process.stdout.write(redact(await commandsOf(graph, options)));
      return exitCodes.done;
    }
    const parts = planOf(graph, options);
    if (options.acls === true) parts.push(await rightsOf(graph));
    const online = options.online === true ? await lookAround(graph) : null;
    if (online !== null) parts.push(online.part);
    const text =
      options.format === 'json'
        ? JSON.stringify(Object.assign({}, ...parts.map(({ fields }) => fields)), null, 2)
        : parts.map((part) => part.text).join('\n\n');
    process.stdout.write(`${redact(text)}\n`);
    return online?.isFine === false ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    return reportError(error, redact);
  }
}

/** A look at the cluster needs what a run needs; the rest gets along without. */
function check(file: string, options: PlanOptions): Promise<CheckedTopology> {
  if (options.online === true) return checkForCluster(file, options);
  const { set } = options;
  return readTopology(file, commandRegistry(), { purpose: 'validate', ...(set === undefined ? {} : { set }) });
}

function planOf(graph: TopologyGraph, { code = false }: PlanOptions): Part[] {
  const planned = planTopology(graph);
  const plan = describePlan(planned);
  const parts: Part[] = [{ text: formatPlan(plan), fields: plan }];
  if (!code) return parts;
  const stages = describeStages(planned);
  return [...parts, { text: formatStages(stages), fields: { code: stages } }];
}

async function rightsOf(graph: TopologyGraph): Promise<Part> {
  const { clusterNeeds, formatRights, neededRights } = await import('@headrace/kafka');
  const rights = neededRights(clusterNeeds(graph));
  return { text: `rights\n${formatRights(rights)}`, fields: { rights } };
}

async function lookAround(graph: TopologyGraph): Promise<{ part: Part; isFine: boolean }> {
  const { lookOnline } = await import('../deploy/look-online.ts');
  const report = await lookOnline(openedTopology(graph));
  if (report === null)
    return { part: { text: 'it needs no cluster', fields: { online: { items: [] } } }, isFine: true };
  const { formatReport, isFine } = await import('@headrace/kafka');
  const { brokers, items } = report;
  return { part: { text: formatReport(report), fields: { online: { brokers, items } } }, isFine: isFine(report) };
}

/** Writes lines for Kafka's own tool. Who gets the rights is who the topology logs in as, or `--principal`. */
async function commandsOf(graph: TopologyGraph, options: PlanOptions): Promise<string> {
  const { clusterNeeds, neededRights, rightsCommands } = await import('@headrace/kafka');
  const { cluster } = graph;
  const { username } = cluster?.sasl ?? {};
  const principal = options.principal ?? (username === undefined ? null : `User:${username}`);
  if (principal === null)
    throw new HeadraceError(
      'PRINCIPAL_NEEDED',
      'The topology does not say who it logs in as. Give "--principal User:<name>", for whom the rights are.',
    );
  const brokers = options.brokers?.split(',') ?? cluster?.brokers ?? ['localhost:9092'];
  const text = rightsCommands(neededRights(clusterNeeds(graph)), { principal, brokers });
  return text === '' ? '' : `${text}\n`;
}
