import { errorCode } from '@headrace/protocol';
import type { Cluster } from '../cluster/cluster.ts';
import type { Topic } from '../topics/topic.ts';

const misrouted = [errorCode('NOT_LEADER_OR_FOLLOWER'), errorCode('FENCED_LEADER_EPOCH')];

/** Tells who leads a partition where a client asked the wrong node (KIP-951). */
export function leaderOf(topic: Topic | undefined, index: number, code: number) {
  const partition = topic?.partitions[index];
  if (partition === undefined || !misrouted.includes(code)) return {};
  return { currentLeader: { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch } };
}

/** Tells where the leaders are that `leaderOf` named. */
export function endpointsOf(
  cluster: Cluster,
  answers: readonly { readonly currentLeader?: { readonly leaderId?: number | undefined } | undefined }[],
) {
  const ids = new Set(answers.map(({ currentLeader }) => currentLeader?.leaderId ?? -1));
  return cluster.nodes.up().flatMap(({ id, host, port }) => (ids.has(id) ? [{ nodeId: id, host, port }] : []));
}
