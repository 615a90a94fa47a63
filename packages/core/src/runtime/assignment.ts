import type { GroupListener, Log, Membership, TopicPartition } from '../component/log.ts';
import type { Source } from '../component/source.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { PlannedSource } from '../plan/topology-plan.ts';
import type { Split } from '../record/record-batch.ts';

/** A split of a source: what becomes a task. */
export interface AssignedSplit {
  readonly source: PlannedSource;
  readonly split: Split;
}

/** Lists the splits of a source of scope `host` or `single`. */
export async function splitsOf(source: Source): Promise<Split[]> {
  const splits: Split[] = [];
  for await (const split of source.splits()) splits.push(split);
  return splits;
}

/** Sources of scope `group`, by the topics that they read. */
export class GroupSources {
  readonly #byTopic = new Map<string, PlannedSource>();
  readonly #patterns: { readonly pattern: RegExp; readonly source: PlannedSource }[] = [];

  constructor(sources: readonly PlannedSource[]) {
    for (const source of sources) {
      const topics = topicsOf(source);
      if (topics instanceof RegExp) this.#patterns.push({ pattern: topics, source });
      else
        for (const topic of topics) {
          const other = this.#byTopic.get(topic);
          if (other !== undefined) throw readTwice(topic, other, source);
          this.#byTopic.set(topic, source);
        }
    }
  }

  /** The topics that are known by name. */
  get topics(): readonly string[] {
    return [...this.#byTopic.keys()];
  }

  /** Whether only the cluster knows all the topics. */
  get isOpen(): boolean {
    return this.#patterns.length > 0;
  }

  /** Lists all partitions of the topics that are known by name. */
  async partitions(log: Log): Promise<TopicPartition[]> {
    const all: TopicPartition[] = [];
    for (const topic of this.topics) {
      const count = await log.partitions(topic);
      for (let partition = 0; partition < count; partition++) all.push(`${topic}/${partition}`);
    }
    return all;
  }

  /** Names the source of each partition. */
  assigned(partitions: readonly TopicPartition[]): AssignedSplit[] {
    return partitions.flatMap((partition) => {
      const source = this.#sourceOf(topicOf(partition));
      return source === null ? [] : [{ source, split: partition }];
    });
  }

  /** Joins the group for all topics. */
  join(log: Log, listener: GroupListener): Promise<Membership> {
    if (this.#patterns.length === 0) return log.join(this.topics, listener);
    const named = this.topics.map((topic) => topic.replaceAll('.', '\\.'));
    const patterns = this.#patterns.map(({ pattern }) => pattern.source);
    return log.join(new RegExp([...named.map((name) => `^${name}$`), ...patterns].join('|'), 'u'), listener);
  }

  #sourceOf(topic: string): PlannedSource | null {
    const found = this.#byTopic.get(topic);
    const matching = this.#patterns.filter(({ pattern }) => pattern.test(topic)).map(({ source }) => source);
    const [first = null, second] = found === undefined ? matching : [found, ...matching];
    if (first !== null && second !== undefined) throw readTwice(topic, first, second);
    return first;
  }
}

function readTwice(topic: string, first: PlannedSource, second: PlannedSource): HeadraceError {
  return new HeadraceError(
    'TOPIC_READ_TWICE',
    `The sources "${first.node.id}" and "${second.node.id}" both read topic "${topic}", but a group has one position a partition. Let both branches read one source.`,
    { place: { node: second.node.id } },
  );
}

function topicsOf(source: PlannedSource): readonly string[] | RegExp {
  const topics = source.node.definition.subscription?.(source.node.options).topics;
  if (topics === undefined)
    throw new HeadraceError(
      'NO_SUBSCRIPTION',
      `The source type "${source.node.type}" has scope "group" but no subscription.`,
      { place: { node: source.node.id } },
    );
  return topics;
}

/** Returns the topic of a partition's name. */
function topicOf(partition: TopicPartition): string {
  return partition.slice(0, partition.lastIndexOf('/'));
}
