import { deleteRecordsApi, errorCode, listOffsetsApi, offsetForLeaderEpochApi } from '@headrace/protocol';
import type { PartitionLog } from '../log/partition-log.ts';
import { orRefused, Refusal } from '../refusal.ts';
import { handler, type RequestContext } from './handler.ts';

/** Timestamps of ListOffsets that are none. */
const special = { latest: -1, earliest: -2, maxTimestamp: -3, earliestLocal: -4, latestTiered: -5, pendingUpload: -6 };

/** Looks offsets up by time, or tells the ends of partitions. */
export const listOffsetsHandler = handler(listOffsetsApi, (request, context) => ({
  throttleTimeMs: 0,
  topics: request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, currentLeaderEpoch, timestamp }) => ({
      partitionIndex,
      ...orRefused(
        () => {
          const { cluster, node } = context;
          const { log, leaderEpoch } = cluster.leading(
            node,
            cluster.topics.get(name),
            partitionIndex,
            currentLeaderEpoch,
          );
          log.expire(cluster.clock.now());
          return { errorCode: 0, ...lookUp(log, timestamp, leaderEpoch, request.isolationLevel, context) };
        },
        ({ code }) => ({ errorCode: code }),
      ),
    })),
  })),
}));

function lookUp(
  log: PartitionLog,
  timestamp: number,
  leaderEpoch: number,
  isolationLevel: number,
  { cluster, version }: RequestContext,
) {
  const end = isolationLevel === 1 ? log.stableEnd : log.end;
  switch (timestamp) {
    case special.latest:
      return { offset: end, leaderEpoch };
    case special.earliest:
    case special.earliestLocal: {
      const epoch = log.epochs.at(log.start);
      return { offset: log.start, leaderEpoch: epoch < 0 ? leaderEpoch : epoch };
    }
    case special.maxTimestamp:
      if (version < 7) throw new Refusal('UNSUPPORTED_VERSION');
      return log.newest(cluster.compressions) ?? {};
    case special.latestTiered:
    case special.pendingUpload:
      return {};
    default:
      if (timestamp < 0) throw new Refusal('UNSUPPORTED_VERSION');
      return log.offsetAt(timestamp, end, cluster.compressions) ?? {};
  }
}

/** Moves the start of partitions forward. */
export const deleteRecordsHandler = handler(deleteRecordsApi, (request, { cluster, node }) => ({
  throttleTimeMs: 0,
  topics: request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, offset }) => ({
      partitionIndex,
      ...orRefused(
        () => {
          const { log } = cluster.leading(node, cluster.topics.get(name), partitionIndex);
          if (!log.settings.deletes) throw new Refusal('POLICY_VIOLATION');
          const before = offset === -1 ? log.end : offset;
          if (before < 0 || before > log.end) throw new Refusal('OFFSET_OUT_OF_RANGE');
          log.deleteBefore(before);
          return { lowWatermark: log.start, errorCode: errorCode('NONE') };
        },
        ({ code }) => ({ lowWatermark: -1, errorCode: code }),
      ),
    })),
  })),
}));

/** Tells where leader epochs end. */
export const offsetForLeaderEpochHandler = handler(offsetForLeaderEpochApi, (request, { cluster, node }) => ({
  throttleTimeMs: 0,
  topics: request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition: index, currentLeaderEpoch, leaderEpoch }) => ({
      partition: index,
      ...orRefused(
        () => {
          const partition = cluster.leading(node, cluster.topics.get(topic), index, currentLeaderEpoch);
          const { log } = partition;
          if (leaderEpoch > partition.leaderEpoch) return { errorCode: 0 };
          if (leaderEpoch === partition.leaderEpoch) return { errorCode: 0, leaderEpoch, endOffset: log.end };
          const found = log.epochs.endOf(leaderEpoch, log.end);
          return { errorCode: 0, leaderEpoch: found?.epoch ?? -1, endOffset: found?.end ?? -1 };
        },
        ({ code }) => ({ errorCode: code }),
      ),
    })),
  })),
}));
