import { HeadraceError } from '@headrace/core';
import type { TopicPartition } from '@headrace/core';
import type { Consumer, ConsumerStartBatchProcessEvent, EachBatchPayload } from 'kafkajs';
import type { OffsetRange } from './cluster-admin.ts';
import { kafkaError } from './errors.ts';
import { messageColumns } from './message-columns.ts';
import { PartitionFeed } from './partition-feed.ts';
import { parseTopicPartition, topicPartition } from './topic-partition.ts';

/** What an assignment needs of its member. */
export interface AssignmentContext {
  readonly consumer: Pick<Consumer, 'pause' | 'resume' | 'seek'>;
  readonly maxBufferedBytes: number;
  range(partition: TopicPartition): Promise<OffsetRange>;
}

/** The partitions of a member between two joins. Nothing is fetched of a partition until it is opened, and nothing after the end. */
export class Assignment {
  readonly partitions: readonly TopicPartition[];
  readonly #context: AssignmentContext;
  readonly #owned: ReadonlySet<TopicPartition>;
  readonly #feeds = new Map<TopicPartition, PartitionFeed>();
  /** The first offset of a fetch that did not begin where it should, by partition: it is asked for once more. */
  readonly #doubts = new Map<TopicPartition, number>();
  #isOver = false;

  constructor(partitions: readonly TopicPartition[], context: AssignmentContext) {
    this.partitions = partitions;
    this.#context = context;
    this.#owned = new Set(partitions);
    for (const partition of partitions) this.#pause(partition);
  }

  /** Tells whether a partition belongs to the member now. */
  owns(partition: TopicPartition): boolean {
    return !this.#isOver && this.#owned.has(partition);
  }

  /** Starts to fetch a partition from an offset; null where it is not ours any more. An earlier feed of it ends. */
  open(partition: TopicPartition, from: number): PartitionFeed | null {
    if (!this.owns(partition)) return null;
    this.#feeds.get(partition)?.end();
    const feed = new PartitionFeed(from, this.#context.maxBufferedBytes, {
      pause: () => this.#pause(partition),
      resume: () => this.#resume(partition),
    });
    this.#feeds.set(partition, feed);
    this.#doubts.delete(partition);
    this.#seek(partition, from);
    this.#resume(partition);
    return feed;
  }

  /** Stops to fetch for a feed. */
  close(partition: TopicPartition, feed: PartitionFeed): void {
    feed.end();
    if (this.#feeds.get(partition) !== feed) return;
    this.#feeds.delete(partition);
    this.#doubts.delete(partition);
    this.#pause(partition);
  }

  /** Ends all feeds: the partitions belong to nobody, or to somebody else. */
  end(): void {
    this.#isOver = true;
    for (const feed of this.#feeds.values()) feed.end();
    this.#feeds.clear();
  }

  /** Takes a fetched batch. What is not taken is not resolved, so that kafkajs fetches it again. */
  async receive(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const name = topicPartition(batch.topic, batch.partition);
    const feed = this.#feeds.get(name);
    const last = batch.messages.at(-1);
    if (feed === undefined || last === undefined || payload.isStale()) return;
    const first = Number(batch.firstOffset());
    if (first !== feed.expected && !(await this.#mayJump(name, feed, first))) return;
    if (this.#feeds.get(name) !== feed || payload.isStale()) return;
    this.#doubts.delete(name);
    feed.add(messageColumns(batch.messages), Number(batch.lastOffset()) + 1);
    payload.resolveOffset(last.offset);
  }

  /** Takes the news of a batch in which nothing was visible: markers of transactions and aborted records. kafkajs resolves it. */
  passed({ topic, partition, batchSize, firstOffset, lastOffset }: ConsumerStartBatchProcessEvent['payload']): void {
    const feed = this.#feeds.get(topicPartition(topic, partition));
    // One that begins elsewhere may be stale; the next batch with records will tell.
    if (feed === undefined || batchSize > 0 || firstOffset !== String(feed.expected)) return;
    feed.add([], Number(lastOffset) + 1);
  }

  // Offsets are missing where a topic is compacted. They are also missing where the fetch is older than the last seek, and where
  // kafkajs silently went to the start of the log because ours was out of range.
  async #mayJump(name: TopicPartition, feed: PartitionFeed, first: number): Promise<boolean> {
    if (this.#doubts.get(name) !== first) {
      this.#doubts.set(name, first);
      this.#seek(name, feed.expected);
      return false;
    }
    try {
      const { low } = await this.#context.range(name);
      if (first > feed.expected && low <= feed.expected) return true;
      feed.fail(outOfRange(name, feed.expected, low));
    } catch (error) {
      feed.fail(kafkaError(error, `could not ask for the range of "${name}"`, { split: name }));
    }
    return false;
  }

  #pause(name: TopicPartition): void {
    const { topic, partition } = parseTopicPartition(name);
    this.#whileRunning(() => this.#context.consumer.pause([{ topic, partitions: [partition] }]));
  }

  #resume(name: TopicPartition): void {
    const { topic, partition } = parseTopicPartition(name);
    this.#whileRunning(() => this.#context.consumer.resume([{ topic, partitions: [partition] }]));
  }

  #seek(name: TopicPartition, offset: number): void {
    const place = parseTopicPartition(name);
    this.#whileRunning(() => this.#context.consumer.seek({ ...place, offset: String(offset) }));
  }

  // kafkajs throws where its consumer has crashed and not yet said so: the next join makes a new assignment, and this one ends.
  #whileRunning(act: () => void): void {
    if (this.#isOver) return;
    try {
      act();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'KafkaJSNonRetriableError') throw error;
    }
  }
}

/** Makes the error of a position that does not exist. */
export function outOfRange(split: TopicPartition, offset: number, low: number, high?: number): HeadraceError {
  const holds = high === undefined ? `begins at ${low}` : `holds ${low} to ${high}`;
  return new HeadraceError(
    'OFFSET_OUT_OF_RANGE',
    `Offset ${offset} of "${split}" does not exist: the partition ${holds}.`,
    {
      place: { split, offset },
    },
  );
}
