import { deadLetterSink, type Encoding, type NodeId, type TopicCreation, type TopologyGraph } from '@headrace/core';

/** A topic that a topology reads, writes or keeps its state in. */
export interface NeededTopic {
  readonly topic: string;
  readonly readBy: readonly NodeId[];
  readonly writtenBy: readonly NodeId[];
  /** Whether dead letters go there as `run.deadLetter.topic` says. */
  readonly deadLetters: boolean;
  /** How a sink wants it made; null where none says anything of that. */
  readonly create: TopicCreation | null;
}

/** A subject of the schema registry that must hold what a sink writes. */
export interface NeededSubject {
  readonly subject: string;
  readonly node: NodeId;
  readonly part: 'key' | 'value';
  readonly encoding: Encoding;
  /** Whether a run registers the schema by itself. */
  readonly register: boolean;
}

/** What a topology needs of its cluster; plain data. */
export interface ClusterNeeds {
  /** The name of the topology. */
  readonly topology: string;
  /** The consumer group; null where no source reads Kafka. */
  readonly group: string | null;
  /** Every topic that is known by name: those that are read first, else in the order of the file. */
  readonly topics: readonly NeededTopic[];
  /** Regular expressions over names of topics that sources read. */
  readonly patterns: readonly { readonly pattern: RegExp; readonly readBy: NodeId }[];
  readonly subjects: readonly NeededSubject[];
}

/** Says what a topology needs of its cluster: topics, group, and subjects of its schema registry. */
export function clusterNeeds(graph: TopologyGraph): ClusterNeeds {
  const topics = new Map<string, NeededTopic>();
  const patterns: { pattern: RegExp; readBy: NodeId }[] = [];
  let group: string | null = null;
  const needed = (topic: string, change: (before: NeededTopic) => Partial<NeededTopic>): void => {
    const before = topics.get(topic) ?? { topic, readBy: [], writtenBy: [], deadLetters: false, create: null };
    topics.set(topic, { ...before, ...change(before) });
  };
  for (const node of graph.nodes.values()) {
    if (node.kind !== 'source' || node.definition.traits(node.options).scope !== 'group') continue;
    ({ group } = graph);
    const read = node.definition.subscription?.(node.options).topics ?? [];
    if (read instanceof RegExp) patterns.push({ pattern: read, readBy: node.id });
    else for (const topic of read) needed(topic, ({ readBy }) => ({ readBy: [...readBy, node.id] }));
  }
  for (const node of graph.nodes.values()) {
    if (node.kind !== 'sink') continue;
    for (const { topic, create } of node.definition.topics?.(node.options) ?? [])
      needed(topic, (before) => ({
        create: before.create ?? create,
        ...(node.id === deadLetterSink ? { deadLetters: true } : { writtenBy: [...before.writtenBy, node.id] }),
      }));
  }
  return { topology: graph.name, group, topics: [...topics.values()], patterns, subjects: neededSubjects(graph) };
}

function neededSubjects({ nodes }: TopologyGraph): NeededSubject[] {
  return [...nodes.values()].flatMap((node) => {
    if (node.kind !== 'sink') return [];
    return (['key', 'value'] as const).flatMap((part) => {
      const encoding = node[part];
      const { frame } = encoding ?? {};
      if (encoding === null || frame === undefined || encoding.asRead === true) return [];
      return frame.subjects.map((subject) => ({ subject, node: node.id, part, encoding, register: frame.register }));
    });
  });
}

/** Tells whether a topology writes a topic itself, so that `apply` makes it; one that is only read is made by whoever fills it. */
export function isOwnTopic({ writtenBy, deadLetters }: NeededTopic): boolean {
  return writtenBy.length > 0 || deadLetters;
}

/** Says in words what a topic is to a topology: `read by "orders"`. */
export function usesOf({ readBy, writtenBy, deadLetters }: NeededTopic): string {
  const quoted = (nodes: readonly NodeId[]): string => nodes.map((node) => `"${node}"`).join(', ');
  return [
    ...(readBy.length > 0 ? [`read by ${quoted(readBy)}`] : []),
    ...(writtenBy.length > 0 ? [`written by ${quoted(writtenBy)}`] : []),
    ...(deadLetters ? ['dead letters'] : []),
  ].join(', ');
}
