import { deadLetterSink, type Finding, type Path, type ReaderOptions, type TopologyGraph } from '@headrace/core';
import {
  describeDifference,
  type ClusterReport,
  type Difference,
  type GroupReport,
  type ReportItem,
} from '@headrace/kafka';

type Policy = NonNullable<ReaderOptions['onOutOfRange']>;

/** Turns what is not as a topology needs it into findings on the nodes that need it. */
export function onlineFindings({ items }: ClusterReport, graph: TopologyGraph): readonly Finding[] {
  return items.flatMap((item) => placesOf(item, graph).flatMap((at) => findingsOf(item, at, graph)));
}

function findingsOf(item: ReportItem, at: Path, graph: TopologyGraph): Finding[] {
  const { kind, name, state } = item;
  if (state === 'fine') return [];
  if (kind === 'pattern')
    return [{ code: 'TOPIC_MISSING', severity: 'warning', at, message: `no topic of the cluster matches "${name}".` }];
  if (item.kind === 'subject') {
    if (item.register) return [];
    const message = `the subject "${name}" of the registry does not hold the schema that is written here.`;
    const suggestion = 'Let "headrace apply" register it, or write "register": true.';
    return [{ code: 'SUBJECT_LACKS_SCHEMA', severity: 'error', at, message, suggestion }];
  }
  if (state === 'missing') {
    const suggestion =
      item.kind === 'topic' && item.isOwn ? 'Let "headrace apply" make it.' : 'Create it, or correct the name.';
    return [
      { code: 'TOPIC_MISSING', severity: 'error', at, message: `the cluster has no topic "${name}".`, suggestion },
    ];
  }
  const what = kind;
  if (state === 'refused') {
    const message = `the ${what} "${name}" may not be looked at.`;
    const suggestion = `The right that is missing: ${item.right ?? 'Describe'}.`;
    return [{ code: 'NOT_VISIBLE', severity: 'warning', at, message, suggestion }];
  }
  if (item.kind === 'group') return goneFindings(item, at, graph);
  const differences = item.differences.map(describeDifference).join(', ');
  const message = `the topic "${name}" is not as "create" wants it: ${differences}.`;
  return [{ code: 'TOPIC_DIFFERS', severity: 'warning', at, message }];
}

/** Positions that are gone: an error where their source fails at them, else a warning with where it goes on. */
function goneFindings({ name, differences }: GroupReport, at: Path, graph: TopologyGraph): Finding[] {
  const byPolicy = new Map<Policy, Difference[]>();
  for (const difference of differences) {
    const policy = policyOf(difference, graph);
    byPolicy.set(policy, [...(byPolicy.get(policy) ?? []), difference]);
  }
  return [...byPolicy].map(([policy, some]) => {
    const message = `the group "${name}" has positions that do not exist any more: ${some.map(describeDifference).join(', ')}.`;
    if (policy === 'fail')
      return { code: 'POSITION_GONE', severity: 'error', at, message, suggestion: 'Move it with "headrace reset".' };
    const suggestion = `A run goes on at the ${policy}, as "onOutOfRange" says.`;
    return { code: 'POSITION_GONE', severity: 'warning', at, message, suggestion };
  });
}

/** What the source does that reads the partition whose position is gone. */
function policyOf({ partition }: Difference, graph: TopologyGraph): Policy {
  const topic = partition?.slice(0, partition.lastIndexOf('/'));
  if (topic === undefined) return 'fail';
  for (const node of graph.nodes.values()) {
    const { topics = [], reading } = (node.kind === 'source' && node.definition.subscription?.(node.options)) || {};
    if (topics instanceof RegExp ? topics.test(topic) : topics.includes(topic)) return reading?.onOutOfRange ?? 'fail';
  }
  return 'fail';
}

/** The places in the definition that need a thing: the option that names it. */
function placesOf(item: ReportItem, graph: TopologyGraph): readonly Path[] {
  if (item.kind === 'group') return [graph.group === graph.name ? ['name'] : ['group']];
  const own = item.nodes.map((id): Path => {
    const node = graph.nodes.get(id);
    const section = node?.kind === 'source' ? 'sources' : 'sinks';
    if (item.kind === 'subject') return [section, id, node?.options[item.part] === undefined ? 'type' : item.part];
    const option = ['topic', 'topics', 'pattern'].find((name) => node?.options[name] !== undefined);
    const isMade = item.state === 'differs' && node?.options['create'] !== undefined;
    return [section, id, ...(isMade ? ['create'] : option === undefined ? [] : [option])];
  });
  const letters = graph.nodes.get(deadLetterSink)?.options['topic'] === item.name;
  return letters ? [...own, ['run', 'deadLetter', 'topic']] : own;
}
