import type { TopicCreation } from '@headrace/core';
import type {
  ClusterReport,
  GroupReport,
  PatternReport,
  ReportItem,
  SubjectReport,
  TopicReport,
} from './cluster-report.ts';
import type { Difference } from './compare-topic.ts';

/** Writes a report for people: one line for each thing that the topology needs, and below it what is not as it should be. */
export function formatReport({ brokers, items }: ClusterReport): string {
  const title = `what it needs of the cluster, which has ${count(brokers, 'broker')}`;
  if (items.length === 0) return `${title}: nothing`;
  const widths = [0, 0, 0];
  const rows = items.map((item) => [item.kind, item.name, item.state] as const);
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] as number, cell.length);
  const lines = items.flatMap((item, i) => {
    const cells = (rows[i] ?? []).map((cell, column) => cell.padEnd(widths[column] as number));
    return [`  ${cells.join('  ')}  ${detailsOf(item)}`, ...remarksOn(item).map((remark) => `    ${remark}`)];
  });
  return [title, ...lines].join('\n');
}

/** Says how a topic is made: `6 partitions, replication 3, cleanup.policy=compact`. */
export function describeCreation(create: TopicCreation | null): string {
  const { partitions = null, replication = null, config = {} } = create ?? {};
  const said = [
    ...(partitions === null ? [] : [count(partitions, 'partition')]),
    ...(replication === null ? [] : [`replication ${String(replication)}`]),
    ...Object.entries(config).map(([name, value]) => `${name}=${value}`),
  ];
  return said.length === 0 ? "the broker's defaults" : said.join(', ');
}

/** Says in words what differs: `partitions is 4, not 6`. */
export function describeDifference({ setting, wanted, found }: Difference): string {
  return `${setting} is ${found ?? 'not known'}, not ${wanted}`;
}

function detailsOf(item: ReportItem): string {
  if (item.kind === 'topic') return topicDetails(item);
  if (item.kind === 'subject') return subjectDetails(item);
  return item.kind === 'pattern' ? patternDetails(item) : groupDetails(item);
}

function topicDetails({ state, uses, isOwn, create, partitions, replication }: TopicReport): string {
  if (state === 'missing')
    return isOwn
      ? `${uses}; "headrace apply" makes it with ${describeCreation(create)}`
      : `${uses}; whoever fills it makes it`;
  if (partitions === null) return uses;
  return `${uses}; ${count(partitions, 'partition')}, replication ${String(replication)}`;
}

function patternDetails({ nodes, topics }: PatternReport): string {
  const reader = `read by ${nodes.map((node) => `"${node}"`).join(', ')}`;
  if (topics.length === 0) return `${reader}; no topic has such a name`;
  const shown = topics.slice(0, 5).join(', ');
  return `${reader}; ${shown}${topics.length > 5 ? ` and ${count(topics.length - 5, 'more', '')}` : ''}`;
}

function subjectDetails({ nodes, part, id, register }: SubjectReport): string {
  const writer = `schema of the ${part}s of "${nodes.join('", "')}"`;
  if (id !== null) return `${writer}; its id is ${String(id)}`;
  return `${writer}; "headrace apply" registers it${register ? ', and a run does' : ''}`;
}

function groupDetails({ members, committed, partitions, state }: GroupReport): string {
  if (state === 'refused') return 'the consumer group';
  const alive = members === 0 ? 'no member' : count(members, 'member');
  const have = committed === 1 ? 'has a position' : 'have a position';
  return `${alive}; ${String(committed)} of ${count(partitions, 'partition')} ${have}`;
}

function remarksOn(item: ReportItem): string[] {
  if (item.kind === 'pattern' || item.kind === 'subject') return [];
  const { differences, right } = item;
  const hidden =
    right === null ? [] : [`the right that is missing to see ${differences.length > 0 ? 'all of it' : 'it'}: ${right}`];
  return [...differences.map(describeDifference), ...hidden];
}

function count(number: number, noun: string, plural = 's'): string {
  return `${String(number)} ${noun}${number === 1 ? '' : plural}`;
}
