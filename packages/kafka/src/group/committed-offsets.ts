import { HeadraceError, type TopicPartition } from '@headrace/core';
import { errorCode, offsetFetchApi, type ResponseOf } from '@headrace/protocol';
import { answerError } from '../cluster/answer-error.ts';
import type { KafkaLogger } from '../log-options.ts';
import { topicPartition } from '../topic-partition.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import { groupOutcome } from './group-outcomes.ts';
import { partitionsByTopic } from './partitions-by-topic.ts';

/** What a group has committed for a partition. */
export interface CommittedOffset {
  readonly offset: number;
  readonly metadata: string;
  /** The epoch of the last record before the offset; -1 where whoever committed did not know it. */
  readonly leaderEpoch: number;
}

const pauseMs = 50;
const longestPauseMs = 1000;
/** After so long, and again each time as long has passed once more, it is said what is waited for. */
const reportMs = 5000;

/**
 * Returns what a group has committed; partitions without a commit are absent. Positions that an open transaction may still change are waited
 * for, as is a coordinator that moves, for `patienceMs` in all.
 */
export async function committedOffsets(
  coordinator: GroupCoordinator,
  partitions: readonly TopicPartition[],
  { patienceMs = 60_000, logger }: { readonly patienceMs?: number; readonly logger?: KafkaLogger | undefined } = {},
): Promise<ReadonlyMap<TopicPartition, CommittedOffset>> {
  if (partitions.length === 0) return new Map();
  const { clock } = coordinator.cluster;
  const since = clock.monotonic();
  let reportAt = since + reportMs;
  const tell = (now: number, { code, message }: HeadraceError): void => {
    if (now < reportAt) return;
    reportAt = now + reportMs;
    logger?.('warn', `The positions of group "${coordinator.group}" are waited for: ${message}`, { code });
  };
  for (let pause = pauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    const result = await fetchOnce(coordinator, partitions).catch((error: unknown) => {
      const now = clock.monotonic();
      if (!(error instanceof HeadraceError) || !error.retryable || now + pause >= since + patienceMs) throw error;
      tell(now, error);
      return null;
    });
    if (result !== null) return result;
    await new Promise<void>((resolve) => void clock.after(pause, resolve));
  }
}

async function fetchOnce(
  coordinator: GroupCoordinator,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<TopicPartition, CommittedOffset>> {
  const { group } = coordinator;
  const node = await coordinator.node();
  const topics = partitionsByTopic(partitions).map(({ topic, partitions: numbers }) => ({
    name: topic,
    partitionIndexes: numbers,
  }));
  const body = (version: number) =>
    version >= 8
      ? { groups: [{ groupId: group, topics }], requireStable: true }
      : { groupId: group, topics, ...(version >= 7 && { requireStable: true }) };
  let answer: ResponseOf<typeof offsetFetchApi>;
  try {
    answer = await coordinator.ask(node, offsetFetchApi, body, { role: 'group', newest: 8 });
  } catch (error) {
    coordinator.forget(node);
    throw error;
  }
  return readAnswer(coordinator, node, answer);
}

function readAnswer(
  coordinator: GroupCoordinator,
  node: number,
  answer: ResponseOf<typeof offsetFetchApi>,
): ReadonlyMap<TopicPartition, CommittedOffset> {
  const [ofGroup] = answer.groups;
  check(coordinator, node, ofGroup?.errorCode ?? answer.errorCode ?? errorCode('NONE'));
  const committed = new Map<TopicPartition, CommittedOffset>();
  for (const { name, partitions } of ofGroup?.topics ?? answer.topics)
    for (const one of partitions) {
      const {
        partitionIndex,
        committedOffset: offset,
        committedLeaderEpoch: leaderEpoch,
        metadata,
        errorCode: code,
      } = one;
      check(coordinator, node, code);
      if (offset >= 0)
        committed.set(topicPartition(name, partitionIndex), { offset, metadata: metadata ?? '', leaderEpoch });
    }
  return committed;
}

function check(coordinator: GroupCoordinator, node: number, code: number): void {
  if (code === errorCode('NONE')) return;
  if (groupOutcome('commit', code) === 'find') coordinator.forget(node);
  throw answerError(code, `does not tell the positions of group "${coordinator.group}"`);
}
