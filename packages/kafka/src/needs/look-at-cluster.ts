import { HeadraceError, type SchemaRegistry, type TopicPartition } from '@headrace/core';
import type { GroupAdministration } from '../admin/group-administration.ts';
import type { KafkaAdmin } from '../admin/kafka-admin.ts';
import type { TopicAdministration } from '../admin/topic-administration.ts';
import { isOwnTopic, usesOf, type ClusterNeeds, type NeededTopic } from './cluster-needs.ts';
import type { ClusterReport, GroupReport, PatternReport, TopicReport } from './cluster-report.ts';
import { compareTopic, type Difference } from './compare-topic.ts';
import { lookAtSubjects } from './look-at-subjects.ts';

/** What is asked of a cluster; it changes nothing. */
export interface ClusterView extends Pick<KafkaAdmin, 'partitions' | 'ranges'> {
  readonly topics: Pick<TopicAdministration, 'brokers' | 'find' | 'settings' | 'matching'>;
  readonly groups: Pick<GroupAdministration, 'describe' | 'positions'>;
}

/** Connects to the schema registry; called where subjects are needed. */
export type OpenSchemas = () => SchemaRegistry;

/** Compares what a topology needs with what a cluster has. What may not be seen is said and not an error. */
export async function lookAtCluster(
  view: ClusterView,
  needs: ClusterNeeds,
  openSchemas: OpenSchemas,
): Promise<ClusterReport> {
  const brokers = await view.topics.brokers();
  const topics = await lookAtTopics(view, needs.topics);
  const patterns: PatternReport[] = [];
  for (const { pattern, readBy } of needs.patterns) {
    const matching = await view.topics.matching(pattern);
    const state = matching.length === 0 ? 'missing' : 'fine';
    patterns.push({ kind: 'pattern', name: pattern.source, nodes: [readBy], state, topics: matching });
  }
  const readBy = new Set(needs.topics.flatMap(({ topic, readBy: nodes }) => (nodes.length > 0 ? [topic] : [])));
  const there = topics.flatMap(({ name, partitions }) => (readBy.has(name) && partitions !== null ? [name] : []));
  const read = new Set([...there, ...patterns.flatMap((each) => each.topics)]);
  const group = needs.group === null ? [] : [await lookAtGroup(view, needs.group, [...read])];
  const subjects = await lookAtSubjects(needs.subjects, openSchemas);
  return { topology: needs.topology, brokers, items: [...topics, ...patterns, ...group, ...subjects] };
}

async function lookAtTopics(view: ClusterView, needed: readonly NeededTopic[]): Promise<TopicReport[]> {
  const found = await view.topics.find(needed.map(({ topic }) => topic));
  const reports: TopicReport[] = [];
  for (const need of needed) {
    const { topic, readBy, writtenBy, create } = need;
    const there = found.get(topic) ?? { state: 'missing' };
    const wanted = Object.keys(create?.config ?? {});
    const settings =
      there.state === 'there' && wanted.length > 0
        ? await view.topics.settings(topic, wanted)
        : { values: new Map<string, never>(), right: null };
    const size = there.state === 'there' ? there : { partitions: null, replication: null };
    reports.push({
      kind: 'topic',
      name: topic,
      uses: usesOf(need),
      nodes: [...readBy, ...writtenBy],
      isOwn: isOwnTopic(need),
      create,
      partitions: size.partitions,
      replication: size.replication,
      ...compareTopic(need, there, settings),
    });
  }
  return reports;
}

async function lookAtGroup(view: ClusterView, group: string, topics: readonly string[]): Promise<GroupReport> {
  const empty = { kind: 'group', name: group, members: 0, committed: 0, partitions: 0, differences: [] } as const;
  try {
    const { members } = await view.groups.describe(group);
    const positions = await view.groups.positions(group);
    const partitions: TopicPartition[] = [];
    for (const topic of topics) partitions.push(...(await view.partitions(topic)));
    const committed = partitions.filter((name) => positions.has(name));
    const ranges = await view.ranges(committed);
    const differences = committed.flatMap((name): Difference[] => {
      const at = positions.get(name) as number;
      const { low, high } = ranges.get(name) ?? { low: at, high: at };
      if (at >= low && at <= high) return [];
      return [{ setting: `position of ${name}`, wanted: `${low} to ${high}`, found: String(at), partition: name }];
    });
    const counts = { members: members.length, committed: committed.length, partitions: partitions.length };
    return { ...empty, ...counts, state: differences.length > 0 ? 'differs' : 'fine', differences, right: null };
  } catch (error) {
    if (!(error instanceof HeadraceError) || error.code !== 'KAFKA_NOT_ALLOWED') throw error;
    return { ...empty, state: 'refused', right: `Read on group "${group}"` };
  }
}
