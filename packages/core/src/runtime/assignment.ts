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

  constructor(sources: readonly PlannedSource[]) {
    for (const source of sources) {
      for (const topic of topicsOf(source)) {
        const other = this.#byTopic.get(topic);
        if (other !== undefined) {
          throw new HeadraceError(
            'TOPIC_READ_TWICE',
            `The sources "${other.node.id}" and "${source.node.id}" both read topic "${topic}", but a group has one position a partition. Let both branches read one source.`,
            {
              place: { node: source.node.id },
            },
          );
        }
        this.#byTopic.set(topic, source);
      }
    }
  }

  get topics(): readonly string[] {
    return [...this.#byTopic.keys()];
  }

  /** Lists all partitions of the topics. */
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
      const source = this.#byTopic.get(topicOf(partition));
      return source === undefined ? [] : [{ source, split: partition }];
    });
  }

  /** Joins the group for all topics. */
  join(log: Log, listener: GroupListener): Promise<Membership> {
    return log.join(this.topics, listener);
  }
}

function topicsOf(source: PlannedSource): readonly string[] {
  const topics = source.node.definition.subscription?.(source.node.options).topics;
  if (topics === undefined)
    throw new HeadraceError(
      'NO_SUBSCRIPTION',
      `The source type "${source.node.type}" has scope "group" but no subscription.`,
      { place: { node: source.node.id } },
    );
  if (topics instanceof RegExp)
    throw new HeadraceError(
      'NOT_BUILT_YET',
      `Source "${source.node.id}" reads topics by pattern, which is not built yet.`,
      { place: { node: source.node.id } },
    );
  return topics;
}

/** Returns the topic of a partition's name. */
function topicOf(partition: TopicPartition): string {
  return partition.slice(0, partition.lastIndexOf('/'));
}
