import type { fetchApi, ResponseInput } from '@headrace/protocol';
import type { PartitionLog } from '../log/partition-log.ts';
import { orRefused, Refusal } from '../refusal.ts';
import type { Topic } from '../topics/topic.ts';
import { leaderOf } from './current-leader.ts';
import type { FetchedPartition } from './fetch-sessions.ts';
import type { RequestContext } from './handler.ts';

/** What the answer to Fetch says of a partition. */
export type PartitionAnswer = ResponseInput<typeof fetchApi>['responses'][number]['partitions'][number];

/** What was read of all partitions. */
export interface FetchRead {
  readonly answers: readonly PartitionAnswer[];
  readonly bytes: number;
  /** True where a partition was refused: then nobody waits for records. */
  readonly hasErrors: boolean;
}

/** What bounds a read. */
export interface ReadBounds {
  readonly maxBytes: number;
  readonly readCommitted: boolean;
}

/** Finds the topic of a partition that is fetched, by its name or its id. */
export function topicOf({ cluster, version }: RequestContext, { topicId, topic }: FetchedPartition): Topic | undefined {
  return version >= 13 ? cluster.topics.withId(topicId) : cluster.topics.get(topic);
}

/** Reads what partitions have now, the first batch of all whatever its size. */
export function readPartitions(
  partitions: readonly FetchedPartition[],
  { maxBytes, readCommitted }: ReadBounds,
  context: RequestContext,
): FetchRead {
  let bytes = 0;
  let hasErrors = false;
  const answers = partitions.map((wanted) => {
    const topic = topicOf(context, wanted);
    return orRefused(
      () => {
        if (topic === undefined && context.version >= 13) throw new Refusal('UNKNOWN_TOPIC_ID');
        const { cluster, node } = context;
        const { log, leaderEpoch } = cluster.leading(node, topic, wanted.partition, wanted.currentLeaderEpoch);
        // Nobody can have read what was written under a leader that is still to come.
        if (wanted.lastFetchedEpoch > leaderEpoch) throw new Refusal('OFFSET_OUT_OF_RANGE');
        log.expire(cluster.clock.now());
        const most = Math.max(0, Math.min(wanted.maxBytes, maxBytes - bytes));
        const answer = readPartition(log, wanted, most, bytes === 0, readCommitted);
        bytes += answer.records?.length ?? 0;
        hasErrors ||= answer.divergingEpoch !== undefined;
        return answer;
      },
      ({ code }): PartitionAnswer => {
        hasErrors = true;
        return {
          partitionIndex: wanted.partition,
          errorCode: code,
          highWatermark: -1,
          abortedTransactions: null,
          records: Buffer.alloc(0),
          ...leaderOf(topic, wanted.partition, code),
        };
      },
    );
  });
  return { answers, bytes, hasErrors };
}

function readPartition(
  log: PartitionLog,
  { partition, fetchOffset, lastFetchedEpoch }: FetchedPartition,
  maxBytes: number,
  atLeastOne: boolean,
  readCommitted: boolean,
): PartitionAnswer {
  const stable = log.stableEnd;
  const diverging = divergence(log, lastFetchedEpoch, fetchOffset);
  const { batches, end } =
    diverging === null
      ? log.read(fetchOffset, readCommitted ? stable : log.end, maxBytes, atLeastOne)
      : { batches: [], end: fetchOffset };
  const [only] = batches;
  return {
    partitionIndex: partition,
    errorCode: 0,
    highWatermark: log.end,
    lastStableOffset: stable,
    logStartOffset: log.start,
    abortedTransactions: readCommitted ? log.abortedWithin(fetchOffset, end) : null,
    records: batches.length === 1 && only !== undefined ? only : Buffer.concat(batches),
    ...(diverging !== null && { divergingEpoch: diverging }),
  };
}

/** Tells a reader whose last epoch ended before its offset where the logs part (KIP-595). */
function divergence(log: PartitionLog, lastFetchedEpoch: number, fetchOffset: number) {
  if (lastFetchedEpoch < 0) return null;
  const found = log.epochs.endOf(lastFetchedEpoch, log.end);
  if (found === null || (found.epoch === lastFetchedEpoch && found.end >= fetchOffset)) return null;
  return { epoch: found.epoch, endOffset: found.end };
}
