import { clusterNeeds, describeCreation, describeDifference, lookAtCluster } from '@headrace/kafka';
import type { ClusterReport, KafkaAdmin, TopicReport } from '@headrace/kafka';
import { openTopology, type OnlineOptions } from '../deploy/open-topology.ts';
import { withAdmin } from '../deploy/with-admin.ts';
import { exitCodes } from '../exit-codes.ts';
import { reportError } from '../report-error.ts';

/** The options of `apply`. */
export interface ApplyOptions extends OnlineOptions {
  readonly sources?: boolean;
  readonly dryRun?: boolean;
  readonly format: 'text' | 'json';
}

/** What was done about one topic. */
interface Applied {
  readonly topic: string;
  readonly done: 'made' | 'would be made' | 'made by somebody else' | 'left as it is' | 'not made' | 'not visible';
  readonly why: string;
}

/** Makes the topics that a topology writes and its cluster does not have; returns the exit code: 1 where something that it needs is still missing. */
export async function applyTopology(file: string, options: ApplyOptions): Promise<number> {
  let redact: (text: string) => string = (text) => text;
  try {
    const topology = await openTopology(file, options);
    if (topology === null) return exitCodes.wrongInput;
    ({ redact } = topology);
    const needs = clusterNeeds(topology.graph);
    const applied: Applied[] = [];
    const report = (one: Applied): void => {
      applied.push(one);
      if (options.format === 'text') process.stdout.write(redact(`topic "${one.topic}" ${one.done}: ${one.why}\n`));
    };
    if (needs.topics.length > 0)
      await withAdmin(topology, async (admin) => apply(admin, await lookAtCluster(admin, needs), options, report));
    if (options.format === 'json') process.stdout.write(`${redact(JSON.stringify({ topics: applied }, null, 2))}\n`);
    else if (applied.length === 0) process.stdout.write('There is nothing to make.\n');
    return applied.some(({ done }) => done.startsWith('not ')) ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    return reportError(error, redact);
  }
}

async function apply(
  admin: KafkaAdmin,
  { items }: ClusterReport,
  options: ApplyOptions,
  report: (one: Applied) => void,
): Promise<void> {
  const topics = items.filter((item): item is TopicReport => item.kind === 'topic');
  for (const { name: topic, state, right, differences } of topics) {
    if (state === 'refused') report({ topic, done: 'not visible', why: `the right that is missing is ${right ?? ''}` });
    if (state === 'differs')
      report({ topic, done: 'left as it is', why: differences.map(describeDifference).join(', ') });
  }
  const made: string[] = [];
  for (const { name: topic, state, isOwn, uses, create } of topics) {
    if (state !== 'missing') continue;
    if (!isOwn && options.sources !== true) {
      report({
        topic,
        done: 'not made',
        why: `it is only ${uses}, and whoever fills it makes it; or give "--sources"`,
      });
      continue;
    }
    const wanted = describeCreation(create);
    if (options.dryRun === true) {
      report({ topic, done: 'would be made', why: wanted });
      continue;
    }
    const creation = create ?? { partitions: null, replication: null, config: {} };
    const size = await admin.topics.create(topic, creation);
    if (size === null) report({ topic, done: 'made by somebody else', why: 'in the meantime' });
    else report({ topic, done: 'made', why: sizeOf(size.partitions, size.replication, wanted) });
    made.push(topic);
  }
  for (const topic of made) await admin.served(topic);
}

function sizeOf(partitions: number, replication: number, wanted: string): string {
  if (partitions < 0) return wanted;
  const settings = wanted.split(', ').filter((part) => part.includes('='));
  const size = `${String(partitions)} partition${partitions === 1 ? '' : 's'}`;
  return [size, `replication ${String(replication)}`, ...settings].join(', ');
}
